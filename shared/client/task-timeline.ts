// How the journal becomes a timeline: what happened in a task, in order, what nested agents did under their tool call.
// The keys tell the places (worker/agents/place.ts):
//   model:<scope>:<n> · tool:<scope>/<callId> · handoff:<scope>/<callId> · step:<scope>:<name> · retry:<model's key>:…
// The scope is the name of the run and then the path of the tool calls in which it is nested.

import { isMainText, type Step } from '../deltas.ts'
import type { AgentTask } from '../task.ts'
import type { Approval } from './approval-rows.ts'
import type { Piece } from './task-fold.ts'

/** Something that happened in a task. */
export type TimelineEntry = { key: string } & (
  | { type: 'step'; step: Step; text: string; isCopied: boolean; children: readonly TimelineEntry[] }
  /** A model call of a nested agent that is writing just now. */
  | { type: 'writing'; text: string }
  /** A person is asked, or was. */
  | { type: 'approval'; approval: Approval }
  /** From here on another attempt was at work; why, where that is certain. */
  | { type: 'attempt'; attempt: number; reason: 'worker_lost' | 'failure' | null }
)

/** What a timeline is made of. */
export type Happened = {
  task: AgentTask
  steps: readonly Step[]
  pieces: readonly Piece[]
  approvals: readonly Approval[]
}

type List = TimelineEntry[]

/** Lays out what happened in the present life of a task. */
export function timelineOf({ task, steps, pieces, approvals }: Happened): readonly TimelineEntry[] {
  const root: List = []
  const ordered = inOrder(steps)
  const lists = new Map<string, List>()
  const listFor = (key: string) => lists.get(enclosing(key, lists)) ?? root
  const texts = new Map(pieces.map(({ key, text }) => [key, text]))
  const asked = Map.groupBy(approvals, ({ key }) => toolOf(key))
  let attempt = 1

  for (const step of ordered) {
    const list = listFor(step.key)
    if (step.attempt !== undefined && step.attempt > attempt) {
      attempt = step.attempt
      list.push(attemptEntry(task, attempt))
    }
    for (const approval of asked.get(step.key) ?? []) list.push(approvalEntry(approval))
    asked.delete(step.key)
    const children: List = []
    if (step.kind === 'tool') lists.set(step.key.slice('tool:'.length), children)
    const text = texts.get(step.key) || writtenIn(step)
    list.push({ key: step.key, type: 'step', step, text, isCopied: step.attempt === 0, children })
  }

  if (task.status === 'processing' && task.attempt > attempt) root.push(attemptEntry(task, task.attempt))
  for (const approval of [...asked.values()].flat()) listFor(toolOf(approval.key)).push(approvalEntry(approval))
  if (task.status === 'processing') {
    const known = new Set(ordered.map(({ key }) => key))
    for (const { key, text } of pieces) {
      // What the main run writes is the answer, and stands there.
      if (text && !known.has(key) && !isMainText(key)) listFor(key).push({ key, type: 'writing', text })
    }
  }
  return root
}

// The journal's rows by their number; what has only been heard of so far came after them.
function inOrder(steps: readonly Step[]): Step[] {
  const journalled = steps.filter(({ id }) => id !== undefined).toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0))
  return [...journalled, ...steps.filter(({ id }) => id === undefined)]
}

// The innermost tool call in whose scope a key lies; names may hold any sign, so what is known decides.
function enclosing(key: string, scopes: ReadonlyMap<string, unknown>): string {
  const place = key.replace(/^(retry:)?[a-z]+:/, '')
  const around = [...scopes.keys()].filter(scope => place.startsWith(`${scope}/`) || place.startsWith(`${scope}:`))
  return around.reduce((longest, scope) => (scope.length > longest.length ? scope : longest), '')
}

function toolOf(key: string): string {
  return key.replace(/^again:/, '')
}

function approvalEntry(approval: Approval): TimelineEntry {
  return { key: `approval ${approval.id}`, type: 'approval', approval }
}

function attemptEntry({ crash_count }: AgentTask, attempt: number): TimelineEntry {
  const reason = crash_count >= attempt - 1 ? 'worker_lost' : crash_count === 0 ? 'failure' : null
  return { key: `attempt ${attempt}`, type: 'attempt', attempt, reason }
}

// The stream is pruned in time; the journal has the answer of a model word for word.
function writtenIn({ kind, output }: Step): string {
  if (kind !== 'model' || !isObject(output) || !Array.isArray(output.output)) return ''
  return output.output
    .flatMap(item => (isObject(item) && item.type === 'message' && Array.isArray(item.content) ? item.content : []))
    .flatMap(part => (isObject(part) && part.type === 'output_text' && typeof part.text === 'string' ? part.text : []))
    .join('')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
