import type { Config } from '../config.ts'
import { providerFault } from './faults.ts'
import { createClient } from './models.ts'

/** Seconds in which a conversation must begin. */
const LIFE_SECONDS = 600

/**
 * Makes keys for conversations by voice. Such a key opens one of them, ends soon, and may be given to a browser, which the
 * provider's own key never is. A provider that is not OpenAI is spoken with by WebSocket, so its `url` comes along.
 *
 * @throws TaskError of the function when the provider fails
 */
export function createKeyMint(model: Config['model'], realtime: Config['realtime']) {
  const client = createClient(model)
  return async (signal: AbortSignal) => {
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
