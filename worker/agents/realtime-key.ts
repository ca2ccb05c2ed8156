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
export function createKeyMint(model: Config['model'], name: string) {
  const client = createClient(model)
  return async (signal: AbortSignal) => {
    try {
      const { value, expires_at } = await client.realtime.clientSecrets.create(
        { session: { type: 'realtime', model: name }, expires_after: { anchor: 'created_at', seconds: LIFE_SECONDS } },
        { signal },
      )
      return {
        client_secret: { value, expires_at },
        model: name,
        ...(model.baseUrl && { url: socketAt(model.baseUrl, name) }),
      }
    } catch (error) {
      throw signal.aborted ? error : providerFault(error)
    }
  }
}

function socketAt(baseUrl: string, model: string): string {
  return `${baseUrl.replace(/^http/, 'ws').replace(/\/$/, '')}/realtime?model=${encodeURIComponent(model)}`
}
