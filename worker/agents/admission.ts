import { setTimeout as pause } from 'node:timers/promises'
import type { ModelRequest } from '@openai/agents'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { budgetFault } from './faults.ts'
import { estimateTokens, isPriced } from './prices.ts'

/** A pause longer than this is not worth a slot: the task goes back to the queue for it. */
export const LONGEST_PAUSE_SECONDS = 10

/**
 * Waits for leave to call a model: budgets may be spent, and the provider's limits are shared by all workers.
 *
 * @returns the tokens that were taken from the limit beforehand.
 * @throws TaskError `budget_exhausted`; `rate_limited` when the wait is not worth a slot.
 */
export async function admit(context: TaskContext, request: ModelRequest, model: string): Promise<number> {
  const tokens = estimateTokens(request)
  for (;;) {
    const admission = await context.store.admitCall(model, tokens, isPriced(model, context.model.prices))
    context.signal.throwIfAborted()
    if (admission.verdict === 'continue') return tokens
    if (admission.verdict === 'budget') throw budgetFault(admission.reason)
    const { after_seconds } = admission
    if (after_seconds > LONGEST_PAUSE_SECONDS) {
      const message = `The calls to ${model} that are allowed a minute are used up.`
      throw new TaskError('rate_limited', message, { retry: true, afterSeconds: after_seconds })
    }
    await pause(after_seconds * 1000, undefined, { signal: context.signal })
  }
}
