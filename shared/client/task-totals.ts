import type { Step } from '../deltas.ts'

/** What the model calls of a task took. */
export type TaskTotals = {
  calls: number
  tokens: number
  /** In US dollars, of the calls whose price is known. */
  cost: number
  /** Calls for which no price is known. */
  unpriced: number
}

/** Sums up a life's model calls. What a fork has copied was paid for elsewhere. */
export function totalsOf(steps: readonly Step[]): TaskTotals {
  const calls = steps.filter(({ kind, status, attempt }) => kind === 'model' && status === 'done' && attempt !== 0)
  return {
    calls: calls.length,
    tokens: calls.reduce((sum, { usage }) => sum + (usage ? usage.inputTokens + usage.outputTokens : 0), 0),
    cost: calls.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
    unpriced: calls.filter(({ cost }) => cost == null).length,
  }
}
