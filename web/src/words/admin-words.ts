import { z } from 'zod'
import { money, tokens } from './money-words.ts'
import { count, counted } from './number-words.ts'

/** Says that something is paused or goes on: "“assistant” is paused." */
export function pauseWords(what: string, paused: boolean): string {
  return paused ? `${what} is paused. What runs goes on.` : `${what} goes on.`
}

/** Says how many may be at work: "At most 5 of Acme at once." */
export function limitWords(what: string, cap: number | null): string {
  return cap === null ? `${what} has no limit.` : `At most ${count(cap)} of ${what} at work at once.`
}

const actionNames: Record<string, string> = {
  cancel: 'Cancelled a task',
  reset: 'Reset a task',
  retry: 'Started a task again',
  prioritize: 'Changed a priority',
  edit: 'Changed a task by hand',
  pause_kind: 'Paused a kind',
  resume_kind: 'Resumed a kind',
  limit_kind: 'Limited a kind',
  limit_tenant: 'Limited a tenant',
  keep: 'Changed what is kept',
  pause_schedule: 'Paused a schedule',
  resume_schedule: 'Resumed a schedule',
  approve: 'Approved a tool call',
  reject: 'Rejected a tool call',
  limit_spending: 'Changed a budget',
  limit_model: 'Limited a model',
  allow_model: 'Let scenarios name a model',
  refuse_model: 'Took a model off the list for scenarios',
  save_scenario: 'Saved a scenario',
  enable_scenario: 'Switched a scenario on',
  disable_scenario: 'Switched a scenario off',
  take_escalation: 'Took a conversation over',
  close_escalation: 'Gave a conversation back',
}

/** What was done: "Cancelled a task". */
export function actionName(action: string): string {
  return actionNames[action] ?? action
}

const text = z.string().optional().catch(undefined)
const limit = z.number().nullable().optional().catch(undefined)
const details = z.looseObject({
  from: text,
  to: text,
  priority: limit,
  kind: text,
  name: text,
  max_running: limit,
  weight: limit,
  tasks_days: limit,
  minutes_days: limit,
  tool_name: text,
  model: text,
  per: text,
  max_cost: limit,
  max_tokens: limit,
  requests_per_minute: limit,
  tokens_per_minute: limit,
})

/** What else is recorded of it, in short: "failed → pending", "assistant, at most 5 at work". */
export function actionDetails(recorded: unknown): string {
  const { data } = details.safeParse(recorded)
  if (!data) return ''
  const { from, to, priority, kind, name, max_running, weight, tasks_days, minutes_days } = data
  const { tool_name, model, per, max_cost, max_tokens, requests_per_minute, tokens_per_minute } = data
  return [
    kind,
    name,
    tool_name,
    model,
    max_cost != null ? `at most ${money(max_cost)}` : undefined,
    max_tokens != null ? `at most ${tokens(max_tokens)}` : undefined,
    per && max_cost == null && max_tokens == null ? 'no budget' : undefined,
    per ? `per ${per}` : undefined,
    requests_per_minute != null ? `at most ${counted(requests_per_minute, 'call')} a minute` : undefined,
    tokens_per_minute != null ? `at most ${tokens(tokens_per_minute)} a minute` : undefined,
    from && to && from !== to ? `${from} → ${to}` : undefined,
    priority != null ? `priority ${priority}` : undefined,
    max_running === undefined ? undefined : max_running === null ? 'no limit' : `at most ${max_running} at work`,
    weight != null && weight !== 1 ? `weight ${weight}` : undefined,
    tasks_days === undefined ? undefined : `tasks ${keptFor(tasks_days)}`,
    minutes_days === undefined ? undefined : `charts ${keptFor(minutes_days)}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function keptFor(days: number | null): string {
  return days === null ? 'for ever' : `${count(days)} days`
}

/** Who tells a worker of new tasks. */
export const hearsWords: Record<string, string> = {
  postgres: 'the database',
  realtime: 'Realtime',
}
