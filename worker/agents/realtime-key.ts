import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { admitApiCall } from './api-admission.ts'
import { providerFault } from './faults.ts'
import { createClient } from './models.ts'

/** Seconds in which a conversation must begin. */
const LIFE_SECONDS = 600

/**
 * Makes keys for conversations by voice. Such a key opens one of them, ends soon, and may be given to a browser, which the
 * provider's own key never is. A provider that is not OpenAI is spoken with by WebSocket, so its `url` comes along.
 *
 * What such a conversation takes only the provider knows, so it is not counted; but none begins for a user whose day is spent.
 *
 * @throws TaskError of the function `budget_exhausted`, `rate_limited`, and as the provider fails
 */
export function createKeyMint(model: Config['model'], realtime: Config['realtime'], db: Pick<Db, 'call'>) {
  const client = createClient(model)
  return async (userId: string, signal: AbortSignal) => {
    const call = { userId, id: crypto.randomUUID(), model: realtime.model, tokens: 0, isPriced: true }
    await admitApiCall(db, call)
    try {
      const { value, expires_at } = await client.realtime.clientSecrets.create(
        {
          session: { type: 'realtime', model: realtime.model },
          expires_after: { anchor: 'created_at', seconds: LIFE_SECONDS },
        },
        { signal },
      )
      return { client_secret: { value, expires_at }, model: realtime.model, ...(realtime.url && { url: realtime.url }) }
    } catch (error) {
      throw signal.aborted ? error : providerFault(error)
    }
  }
}
