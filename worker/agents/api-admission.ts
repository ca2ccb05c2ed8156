import type { Db } from '../db.ts'
import { TaskError } from '../errors.ts'
import { budgetFault } from './faults.ts'
import type { Admission } from './store.ts'

/** A call of a model for a user, without a task. */
type ApiCall = { userId: string; id: string; model: string; tokens: number; isPriced: boolean }

/**
 * Asks whether the user's day and the model's limits have room for it.
 *
 * @throws TaskError `budget_exhausted`, `rate_limited`
 */
export async function admitApiCall(db: Pick<Db, 'call'>, call: ApiCall): Promise<void> {
  const admission = (await db.call('admit_api_call', {
    p_user: call.userId,
    p_call: call.id,
    p_model: call.model,
    p_tokens: call.tokens,
    p_is_priced: call.isPriced,
  })) as Admission
  if (admission.verdict === 'budget') throw budgetFault(admission.reason)
  if (admission.verdict === 'rate') {
    const message = `The calls to ${call.model} that are allowed a minute are used up.`
    throw new TaskError('rate_limited', message, { afterSeconds: admission.after_seconds })
  }
}
