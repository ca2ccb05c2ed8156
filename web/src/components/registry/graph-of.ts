import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'

/** An agent in the drawing, by the middle of its box. */
export type GraphNode = { name: string; title: string; isRoot: boolean; x: number; y: number }

/** A handoff; `isBoth` if it goes back, too. */
export type GraphEdge = { key: string; from: GraphNode; to: GraphNode; isBoth: boolean }

/** The size of a box, and of the room that it has. */
export const box = { width: 128, height: 36 }
const room = { width: 152, height: 92 }
const mostInRow = 3

/** Lays the agents out: the root on top, below it whom it hands over to, and so on; whom nobody reaches comes last. */
export function graphOf({ agents, rootAgent }: ScenarioDefinition) {
  const rows = rowsOf(agents, rootAgent)
  const width = Math.max(...rows.map(row => row.length)) * room.width
  const nodes = rows.flatMap((row, y) =>
    row.map(({ name, title }, x) => ({
      name,
      title,
      isRoot: name === rootAgent,
      x: width / 2 + (x - (row.length - 1) / 2) * room.width,
      y: (y + 0.5) * room.height,
    })),
  )
  const find = (name: string) => nodes.find(node => node.name === name)
  const handsOver = (from: string, to: string) =>
    agents.some(({ name, handoffs }) => name === from && handoffs.includes(to))
  const edges = agents.flatMap(({ name, handoffs }) =>
    [...new Set(handoffs)].flatMap((to): GraphEdge[] => {
      const ends = { from: find(name), to: find(to) }
      const isBoth = handsOver(to, name)
      // Of two that hand over to each other one line is drawn.
      if (!ends.from || !ends.to || name === to || (isBoth && name > to)) return []
      return [{ key: `${ends.from.x} ${ends.from.y} ${ends.to.x} ${ends.to.y}`, from: ends.from, to: ends.to, isBoth }]
    }),
  )
  return { nodes, edges, width, height: rows.length * room.height }
}

type Agents = ScenarioDefinition['agents']

function rowsOf(agents: Agents, rootAgent: string): Agents[] {
  const rows: Agents[] = []
  const placed = new Set<string>()
  let next = agents.filter(({ name }) => name === rootAgent).slice(0, 1)
  while (placed.size < agents.length) {
    // Nobody hands over to those who are left, or two have one name.
    if (next.length === 0) next = agents.filter(({ name }) => !placed.has(name))
    if (next.length === 0) break
    for (let n = 0; n < next.length; n += mostInRow) rows.push(next.slice(n, n + mostInRow))
    for (const { name } of next) placed.add(name)
    const reached = new Set(next.flatMap(({ handoffs }) => handoffs))
    next = agents.filter(({ name }) => reached.has(name) && !placed.has(name))
  }
  return rows
}
