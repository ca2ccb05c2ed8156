import { Text } from '@mantine/core'
import { useId } from 'react'
import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'
import { box, type GraphEdge, type GraphNode, graphOf } from './graph-of.ts'

const longest = 17

/** Who hands over to whom, drawn as it is being edited. */
export function HandoffGraph({ definition }: { definition: ScenarioDefinition }) {
  const { nodes, edges, width, height } = graphOf(definition)
  const arrow = useId()
  const words = definition.agents
    .filter(({ handoffs }) => handoffs.length > 0)
    .map(({ name, handoffs }) => `${name} hands over to ${handoffs.join(', ')}.`)
    .join(' ')
  return (
    <div className="surface editor-part">
      <svg
        className="graph"
        viewBox={`0 0 ${width} ${height}`}
        style={{ maxWidth: width }}
        role="img"
        aria-label={words || 'Nobody hands over.'}
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0 8 4 0 8Z" className="graph-arrow" />
          </marker>
        </defs>
        {edges.map(edge => (
          <path
            key={edge.key}
            d={lineOf(edge)}
            className="graph-line"
            markerEnd={`url(#${arrow})`}
            markerStart={edge.isBoth ? `url(#${arrow})` : undefined}
          />
        ))}
        {nodes.map(node => (
          <Box key={`${node.x} ${node.y}`} node={node} />
        ))}
      </svg>
      <Text size="xs" c="dimmed" mt="xs">
        Who hands over to whom. The marked one begins.
      </Text>
    </div>
  )
}

function Box({ node: { title, name, isRoot, x, y } }: { node: GraphNode }) {
  const shown = title || name
  return (
    <g className="graph-box" data-root={isRoot || undefined}>
      <title>{shown}</title>
      <rect x={x - box.width / 2} y={y - box.height / 2} width={box.width} height={box.height} rx={8} />
      <text x={x} y={y} textAnchor="middle" dominantBaseline="central">
        {shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown}
      </text>
    </g>
  )
}

/** From edge to edge of two boxes; beside each other straight, in one row over others in a bow. */
function lineOf({ from, to }: GraphEdge): string {
  if (from.y === to.y) {
    const side = Math.sign(to.x - from.x)
    if (Math.abs(to.x - from.x) < box.width * 1.5) {
      return `M${from.x + (side * box.width) / 2} ${from.y} L${to.x - (side * box.width) / 2} ${to.y}`
    }
    const top = from.y - box.height / 2
    return `M${from.x} ${top} Q${(from.x + to.x) / 2} ${top - 44} ${to.x} ${top}`
  }
  const side = Math.sign(to.y - from.y)
  return `M${from.x} ${from.y + (side * box.height) / 2} L${to.x} ${to.y - (side * box.height) / 2}`
}
