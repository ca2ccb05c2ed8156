import type { Json } from '../../../shared/database.types.ts'
import { type AgentTask, isFinished } from '../../../shared/task.ts'
import type { AuditEntry, StoryStep } from '../hooks/admin/use-task-story.ts'
import { actionDetails, actionName } from './admin-words.ts'
import { count } from './number-words.ts'
import { statusName } from './status-words.ts'
import { duration } from './time-words.ts'
import { stepTitle } from './timeline-words.ts'

/** A thing that happened to a task. */
export type StoryEntry = {
  key: string
  /** A moment. */
  at: string
  kind: 'begin' | 'model' | 'tool' | 'handoff' | 'admin' | 'good' | 'bad' | 'end'
  title: string
  /** What else there is to say, in a line. */
  note: string
  input?: Json
  output?: Json
}

/** Everything that happened to a task, in its order. */
export function storyOf(task: AgentTask, steps: readonly StoryStep[], audit: readonly AuditEntry[]): StoryEntry[] {
  const middle = [...attemptsOf(steps), ...steps.map(entryOfStep), ...audit.map(entryOfAudit)]
  const began: StoryEntry = {
    key: 'submitted',
    at: task.created_at,
    kind: 'begin',
    title: 'Submitted',
    note: task.kind,
  }
  const sorted = middle.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return [began, ...sorted, ...endOf(task)]
}

// Where the journal shows that another attempt, or another life, went on with it.
function attemptsOf(steps: readonly StoryStep[]): StoryEntry[] {
  const firsts = new Map<string, StoryStep>()
  for (const step of steps) {
    const name = `${step.life}.${step.attempt}`
    if (!firsts.has(name)) firsts.set(name, step)
  }
  return [...firsts.values()]
    .filter(({ life, attempt }) => life > 1 || attempt > 1)
    .map(({ life, attempt, started_at }) => ({
      key: `attempt ${life}.${attempt}`,
      // A moment before its first step.
      at: new Date(Date.parse(started_at) - 1).toISOString(),
      kind: 'begin',
      title: attempt > 1 ? `Attempt ${attempt}` : `Life ${life}`,
      note: attempt > 1 ? `goes on from what was finished before${life > 1 ? `, life ${life}` : ''}` : 'begins anew',
    }))
}

function entryOfStep(step: StoryStep): StoryEntry {
  const took = step.finished_at ? duration(Date.parse(step.finished_at) - Date.parse(step.started_at)) : 'not finished'
  return {
    key: `step ${step.id}`,
    at: step.started_at,
    kind: step.kind === 'tool' || step.kind === 'handoff' ? step.kind : 'model',
    title: titleOf(step),
    note: [took, tokensOf(step.usage)].filter(Boolean).join(', '),
    ...(step.input !== null && { input: step.input }),
    ...(step.output !== null && { output: step.output }),
  }
}

function titleOf({ key, kind, agent, name, output }: StoryStep): string {
  switch (kind) {
    case 'tool':
      return `${agent} used ${name}`
    case 'history':
      return 'Took in the conversation'
    case 'turn':
      return 'Will add to the conversation'
    case 'handoff':
    case 'guardrail':
    case 'retry':
    case 'step':
      return stepTitle({ key, kind, agent, name, status: 'done', output })
    default:
      return `${agent} asked ${name}`
  }
}

function tokensOf(usage: Json): string {
  if (typeof usage !== 'object' || usage === null || Array.isArray(usage)) return ''
  return typeof usage.totalTokens === 'number' ? `${count(usage.totalTokens)} tokens` : ''
}

function entryOfAudit({ id, at, actor, action, details }: AuditEntry): StoryEntry {
  const note = [`by ${actor}`, actionDetails(details)].filter(Boolean).join(', ')
  return { key: `audit ${id}`, at, kind: 'admin', title: actionName(action), note }
}

function endOf({ status, finished_at, error }: AgentTask): StoryEntry[] {
  if (!finished_at || !isFinished(status)) return []
  const kind = status === 'completed' ? 'good' : status === 'failed' ? 'bad' : 'end'
  return [{ key: 'end', at: finished_at, kind, title: statusName[status], note: error?.message ?? '' }]
}
