import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest, IncomingMessage } from 'node:http'

/** No answer may be longer. */
const MOST_BYTES = 5_000_000

/** What became of a request, as far as its client does not tell. */
export type Wire = {
  status?: number
  /** Seconds, of the answer's Retry-After. */
  afterSeconds?: number | undefined
  refused?: 'too_large' | 'redirect'
}

const calls = new AsyncLocalStorage<{ wire: Wire; signal: AbortSignal }>()

/**
 * Calls a client that takes no signal and does not tell the status, the Retry-After or the size of its answer (Tavily's
 * and Firecrawl's): what it asks of `node:http` meanwhile is stopped by the signal and looked at here. Answers that are
 * too long are cut off, and redirects are not followed, since a key travels with the request.
 */
export function onWire<T>(signal: AbortSignal, call: (wire: Wire) => Promise<T>): Promise<T> {
  const wire: Wire = {}
  return calls.run({ wire, signal }, () => call(wire))
}

subscribe('http.client.request.created', message => {
  const call = calls.getStore()
  if (call) watch((message as { request: ClientRequest }).request, call.wire, call.signal)
})

function watch(request: ClientRequest, wire: Wire, signal: AbortSignal): void {
  const stop = () => request.destroy(new Error('Stopped.'))
  // After a refusal too: the client may be on its way to another place already.
  if (signal.aborted || wire.refused) return void stop()
  signal.addEventListener('abort', stop, { once: true })
  request.once('close', () => signal.removeEventListener('abort', stop))
  // Uncompressed, so that the length on the wire is the length in memory.
  request.setHeader('accept-encoding', 'identity')
  // Before the client hears of it, whose way with a redirect is to ask again at once.
  request.prependOnceListener('response', response => {
    wire.status = response.statusCode ?? 0
    wire.afterSeconds = retryAfter(response)
    if (wire.status >= 300 && wire.status < 400) return refuse('redirect')
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) refuse('too_large')
    })
  })

  const refuse = (why: NonNullable<Wire['refused']>) => {
    wire.refused = why
    stop()
  }
}

function retryAfter({ headers }: IncomingMessage): number | undefined {
  const after = headers['retry-after'] ?? ''
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}
