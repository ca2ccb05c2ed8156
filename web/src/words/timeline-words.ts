import type { TimelineEntry } from '../../../shared/client/task-timeline.ts'
import type { TaskTotals } from '../../../shared/client/task-totals.ts'
import type { Step } from '../../../shared/deltas.ts'
import type { AgentTask } from '../../../shared/task.ts'
import { costOf, money, tokens } from './money-words.ts'
import { counted } from './number-words.ts'
import { duration } from './time-words.ts'

/** What went wrong with a model call that was made again, in plain words; the code where there are none. */
const faults: Record<string, string> = {
  rate_limited: 'the provider asked for a pause',
  provider_unavailable: 'the provider had a fault',
  provider_unreachable: 'the provider could not be reached',
  provider_timeout: 'the provider was silent for too long',
  malformed_output: 'the answer broke off',
}

/** A step that is no tool call in one line. */
export function stepTitle({ kind, agent, name, output }: Step): string {
  switch (kind) {
    case 'model':
      return `${agent || 'The agent'} asked ${name}`
    case 'handoff':
      return `${agent} handed over to ${name}`
    case 'guardrail':
      return `${guardrailName(name)} ${isTripped(output) ? 'stopped this' : 'let this pass'}`
    case 'retry':
      return `The model was asked again: ${faultOf(output)}`
    case 'step':
      return name
    case 'tool':
      return name
  }
}

/** What a step took: "1,204 tokens · $0.0042 · 2.1 s". */
export function stepFacts({ kind, status, usage, cost, seconds }: Step): string[] {
  return [
    usage && tokens(usage.inputTokens + usage.outputTokens),
    kind === 'model' && status === 'done' && cost != null && money(cost),
    kind !== 'retry' && seconds !== undefined && seconds >= 0.05 && duration(seconds * 1000),
  ].filter(fact => typeof fact === 'string')
}

/** Why another attempt took over. */
export function attemptTitle({ attempt, reason }: Extract<TimelineEntry, { type: 'attempt' }>): string {
  if (reason === 'worker_lost') return `Another worker took over (attempt ${attempt}): what was finished stays.`
  return `Attempt ${attempt} goes on from what was finished.`
}

/** What a task took in all: "3 model calls", "4,210 tokens", "$0.012", "12 s", "2 attempts". */
export function totalFacts(totals: TaskTotals, { attempt, started_at, finished_at }: AgentTask): string[] {
  const took = started_at && finished_at ? Date.parse(finished_at) - Date.parse(started_at) : null
  return [
    totals.calls > 0 && counted(totals.calls, 'model call'),
    totals.calls > 0 && tokens(totals.tokens),
    totals.calls > 0 && costOf(totals),
    took !== null && duration(took),
    attempt > 1 && counted(attempt, 'attempt'),
  ].filter(fact => typeof fact === 'string')
}

const PLACES: Record<string, string> = {
  input: 'for questions',
  output: 'for answers',
  tool_input: 'before a tool',
  tool_output: 'after a tool',
}

function guardrailName(name: string): string {
  // guardrail:<agent>:<place>:<guardrail>, and for tools the call.
  const [, , place = '', guardrail = name] = name.split(':')
  return `The guardrail “${guardrail}” ${PLACES[place] ?? ''}`.trim()
}

function isTripped(output: unknown): boolean {
  const { tripwireTriggered, behavior } = (output ?? {}) as {
    tripwireTriggered?: unknown
    behavior?: { type?: unknown }
  }
  return tripwireTriggered === true || (behavior?.type !== undefined && behavior.type !== 'allow')
}

function faultOf(output: unknown): string {
  const { code, seconds } = (output ?? {}) as { code?: unknown; seconds?: unknown }
  const fault = faults[String(code)] ?? String(code)
  return typeof seconds === 'number' ? `${fault}, ${duration(seconds * 1000)} later` : fault
}
