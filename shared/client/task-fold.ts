// How a task's row and stream become what a reader sees. Pure: whatever arrives twice, late, early or not at all,
//   row       kept by version: the higher one wins, and so time never runs backwards
//   deltas    applied in the order of seq, each once; what comes early waits in `ahead` for what is missing
//   life      a retry starts a new one, and all that was streamed before belongs to the old one
// A fold that knows it has missed something says so (`isBehind`); only a snapshot can help then.

import { type Delta, isMainText, type Step } from '../deltas.ts'
import { type AgentTask, isFinished } from '../task.ts'
import type { Approval } from './approval-rows.ts'
import { isPartial, mergeTask } from './task-rows.ts'

/** What one model call has written so far. */
export type Piece = { key: string; text: string }

/** What is known of a task so far. */
export type TaskFold = {
  task: AgentTask | null
  /** No such task, or none that the reader may see. */
  missing: boolean
  life: number
  /** The last delta applied; the next one has this plus one. */
  seq: number
  pieces: readonly Piece[]
  steps: readonly Step[]
  agent: string | null
  /** What was asked of people, by the last snapshot. */
  approvals: readonly Approval[]
  ahead: readonly Delta[]
  /** A change of the row came by that could not be read in full. */
  rowIsStale: boolean
}

/** What the database said at one moment; `deltas` are those after the fold's `seq`, or all of a newer life. */
export type TaskSnapshot = {
  task: AgentTask
  steps: readonly Step[]
  deltas: readonly Delta[]
  approvals: readonly Approval[]
} | null

/** Before anything is known. */
export const emptyFold: TaskFold = {
  task: null,
  missing: false,
  life: 0,
  seq: 0,
  pieces: [],
  steps: [],
  agent: null,
  approvals: [],
  ahead: [],
  rowIsStale: false,
}

/** Takes in a snapshot: it fills every gap, yet never overrules what is newer. */
export function foldSnapshot(fold: TaskFold, snapshot: TaskSnapshot): TaskFold {
  if (!snapshot) return { ...emptyFold, missing: true }
  const { task, steps, deltas, approvals } = snapshot
  const known = { ...withTask(fold, task), missing: false, rowIsStale: false }
  if (task.life < known.life) return known
  const streamed = foldDeltas(known, { life: task.life, deltas })
  return { ...streamed, approvals, steps: steps.reduce(withJournalled, streamed.steps) }
}

/** Takes in a row as Realtime sends it, possibly in part. */
export function foldRecord(fold: TaskFold, record: Record<string, unknown>): TaskFold {
  const task = mergeTask(fold.task, record)
  if (!task) return { ...fold, rowIsStale: true }
  const skipsVersions = isPartial(record) && task.version > (fold.task?.version ?? 0) + 1
  const next = withTask(fold, task)
  return skipsVersions ? { ...next, rowIsStale: true } : next
}

/** Takes in a batch of deltas, from the broadcast or from the table. */
export function foldDeltas(fold: TaskFold, { life, deltas }: { life: number; deltas: readonly Delta[] }): TaskFold {
  if (life < fold.life) return fold
  let next = inLife(fold, life)
  const ahead: Delta[] = []
  for (const delta of [...next.ahead, ...deltas].sort((a, b) => a.seq - b.seq)) {
    if (delta.seq === next.seq + 1) next = withDelta(next, delta)
    else if (delta.seq > next.seq) ahead.push(delta)
  }
  return { ...next, ahead }
}

/** Tells whether something was missed that a snapshot would bring. An ended task's deltas are pruned in time. */
export function isBehind({ task, life, ahead, rowIsStale }: TaskFold): boolean {
  return rowIsStale || (task !== null && (task.life < life || (ahead.length > 0 && !isFinished(task.status))))
}

/** The final answer, or else what has been streamed so far, a paragraph for each model call. */
export function textOf({ task, life, pieces }: TaskFold): string {
  const answer = task?.life === life ? task.response_payload?.answer : undefined
  return answer ?? pieces.flatMap(({ key, text }) => (isMainText(key) && text) || []).join('\n\n')
}

function withTask(fold: TaskFold, task: AgentTask): TaskFold {
  if (fold.task && task.version <= fold.task.version) return fold
  return { ...inLife(fold, task.life), task }
}

function inLife(fold: TaskFold, life: number): TaskFold {
  if (life <= fold.life) return fold
  return { ...emptyFold, task: fold.task, rowIsStale: fold.rowIsStale, life }
}

function withDelta(fold: TaskFold, delta: Delta): TaskFold {
  const next = { ...fold, seq: delta.seq }
  switch (delta.kind) {
    case 'text':
      return { ...next, pieces: withText(fold.pieces, delta.step_key, text => text + delta.data.text) }
    case 'reset':
      return { ...next, pieces: withText(fold.pieces, delta.step_key, () => '') }
    case 'step':
      return { ...next, steps: withStep(fold.steps, delta.data) }
    case 'agent':
      return { ...next, agent: delta.data.name }
    case 'retry':
    case 'asked':
      return next
  }
}

function withText(pieces: readonly Piece[], key: string, change: (text: string) => string): readonly Piece[] {
  if (!pieces.some(piece => piece.key === key)) return [...pieces, { key, text: change('') }]
  return pieces.map(piece => (piece.key === key ? { key, text: change(piece.text) } : piece))
}

// The journal has in full what the stream may have shortened.
function withJournalled(steps: readonly Step[], step: Step): readonly Step[] {
  return step.status === 'done' ? put(steps, step) : withStep(steps, step)
}

// A step that is done stays as it is: news of it may come later by the other way.
function withStep(steps: readonly Step[], step: Step): readonly Step[] {
  const isDone = steps.some(({ key, status }) => key === step.key && status === 'done')
  return isDone ? steps : put(steps, step)
}

function put(steps: readonly Step[], step: Step): readonly Step[] {
  if (!steps.some(({ key }) => key === step.key)) return [...steps, step]
  return steps.map(known => (known.key === step.key ? { ...known, ...step } : known))
}
