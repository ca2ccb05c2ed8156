import type { AgentTask } from '../task.ts'
import { isPartial, mergeTask } from './task-rows.ts'

/** Turns as read, except where a known one is newer; in the order in which they were asked. */
export function foldTurns(known: readonly AgentTask[], read: readonly AgentTask[]): readonly AgentTask[] {
  const latest = read.map(task => known.find(({ id, version }) => id === task.id && version > task.version) ?? task)
  const last = latest.toSorted(byTurn).at(-1)
  // What has been heard of since the reading began.
  const later = known.filter(turn => (!last || byTurn(turn, last) > 0) && !read.some(({ id }) => id === turn.id))
  return [...latest, ...later].toSorted(byTurn)
}

/** Lays a row from Realtime, possibly in part, over the turns. Returns null if it takes a reading to know what they are now. */
export function foldTurn(turns: readonly AgentTask[], record: Record<string, unknown>): readonly AgentTask[] | null {
  const known = turns.find(({ id }) => id === record.id) ?? null
  const task = mergeTask(known, record)
  if (!task) return null
  if (known && known.version >= task.version) return turns
  // What such a row leaves out may be of a version in between.
  if (isPartial(record) && task.version > (known?.version ?? 0) + 1) return null
  return known ? turns.map(turn => (turn === known ? task : turn)) : [...turns, task].toSorted(byTurn)
}

// As the database orders them, to the microsecond: texts of one form compare like moments.
function byTurn(a: AgentTask, b: AgentTask): number {
  const [x, y] = [Date.parse(a.created_at), Date.parse(b.created_at)]
  if (x !== y) return x - y
  return `${a.created_at} ${a.id}` < `${b.created_at} ${b.id}` ? -1 : 1
}
