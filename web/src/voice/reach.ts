import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { SessionInitPayload } from '../../../shared/scenario-results.ts'
import { type Line, type LineOptions, openLine } from './line.ts'
import { newsIn } from './wire.ts'

/** How long the model may take to pick up. */
const PATIENCE_MS = 15_000

const KEY_CODES = /^(invalid|expired)_api_key$|session_expired/

type Options = Omit<LineOptions, 'payload' | 'speaker'> & {
  getPayload: () => Promise<SessionInitPayload>
  speakerOf: (payload: SessionInitPayload) => string
  signal: AbortSignal
}

/**
 * Gets a key and calls the model with it; resolves once the model has taken both key and settings.
 *
 * @throws AgentTaskError of the API, or `key_refused`, `line_lost`
 */
export async function reach(options: Options): Promise<{ line: Line; payload: SessionInitPayload }> {
  const { getPayload, speakerOf, signal, onEvent, onEnd, ...rest } = options
  const payload = await getPayload()
  signal.throwIfAborted()
  const ready = Promise.withResolvers<void>()
  let isReady = false
  let refusal: AgentTaskError | undefined
  const refused = (cause?: unknown) => new AgentTaskError('key_refused', REFUSED, { retryable: true, cause })
  const lost = (cause?: unknown) => {
    // By WebRTC a key is refused with a status, which the SDK tells only in words.
    if (cause instanceof Error && /\bstatus 401\b/.test(cause.message)) return refused(cause)
    return refusal ?? new AgentTaskError('line_lost', LOST, { retryable: true, cause })
  }
  const timer = setTimeout(() => ready.reject(lost()), PATIENCE_MS)
  signal.addEventListener('abort', () => ready.reject(signal.reason), { once: true })
  const opening = openLine({
    ...rest,
    payload,
    speaker: speakerOf(payload),
    onEvent(way, event) {
      onEvent(way, event)
      const news = newsIn(event)
      if (news?.is === 'error' && news.code && KEY_CODES.test(news.code)) {
        refusal = refused()
      }
      if (news?.is === 'ready' && way === 'received') ready.resolve()
    },
    onEnd() {
      if (isReady) onEnd()
      else ready.reject(lost())
    },
  })
  try {
    const [line] = await Promise.all([opening.catch(cause => Promise.reject(lost(cause))), ready.promise])
    isReady = true
    return { line, payload }
  } catch (error) {
    void opening.then(line => line.close()).catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const LOST = 'The line to the model cannot be made, or broke. Check the connection and try again.'
const REFUSED = 'The model did not take the key of this call. Try again: each call gets a new one.'
