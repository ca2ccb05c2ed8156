import type { Used } from '../hooks/admin/use-spending.ts'
import type { Budget, ModelLimit } from '../hooks/admin/use-spending-limits.ts'
import { money, tokens } from './money-words.ts'
import { count, counted } from './number-words.ts'

/** For what a budget is. */
export const perNames = { task: 'A task', day: 'A day (UTC)' } as const

/** Input and output together. */
export function tokensOf({ input_tokens, output_tokens }: Used): number {
  return input_tokens + output_tokens
}

/** Whose budget it is. */
export function budgetOwner({ tenant_id, name }: Pick<Budget, 'tenant_id' | 'name'>): string {
  return tenant_id === null ? 'Every other tenant' : (name ?? tenant_id)
}

/** Says what a tenant may spend from now on. */
export function budgetWords(budget: Budget): string {
  const bounds = [
    budget.max_cost !== null && money(budget.max_cost),
    budget.max_tokens !== null && tokens(budget.max_tokens),
  ].filter(bound => bound !== false)
  if (bounds.length === 0) return `${budgetOwner(budget)} has no budget per ${budget.per} any more.`
  return `${budgetOwner(budget)} may spend ${bounds.join(' and ')} per ${budget.per}.`
}

/** Says how fast a model may be asked from now on. */
export function modelLimitWords({ model, requests_per_minute, tokens_per_minute }: ModelLimit): string {
  const bounds = [
    requests_per_minute !== null && counted(requests_per_minute, 'call'),
    tokens_per_minute !== null && tokens(tokens_per_minute),
  ].filter(bound => bound !== false)
  return bounds.length === 0
    ? `“${model}” has no limit any more.`
    : `“${model}”: ${bounds.join(' and ')} a minute at most.`
}

/** What the chart of days shows, in a sentence. */
export function describeSpending({ cost, requests, unpriced_requests, ...used }: Used, days: number): string {
  const known = unpriced_requests === 0 ? '' : ` No price is known for ${count(unpriced_requests)} of the calls.`
  return `In the last ${days} days: ${money(cost)} for ${counted(requests, 'model call')} with ${tokens(used.input_tokens + used.output_tokens)}.${known}`
}

/** A day as the chart names it: "Nov 21". */
export function dayName(day: string): string {
  return new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day))
}
