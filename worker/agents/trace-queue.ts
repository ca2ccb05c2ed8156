import type { Span, SpanData, Trace, TracingProcessor } from '@openai/agents'
import type { Telemetry } from '../telemetry.ts'

/** The beginning of a trace, or a span that has ended. */
export type Piece = Trace | Span<SpanData>

/** Where traces go. */
export type TraceSink<Packed> = {
  name: string
  /** What is kept of a piece until it is sent; null to leave it out. Content that may not leave ends here. */
  pack: (piece: Piece) => Packed | null
  /** @throws an error with the HTTP status as `code` when sending the same again makes no sense. */
  send: (packed: Packed[], signal: AbortSignal) => Promise<void>
}

const MOST_WAITING = 1_000
const MOST_AT_ONCE = 100
const EVERY_MS = 5_000
const SEND_MS = 10_000

/**
 * Sends traces in batches, one request at a time, beside the runs: no run waits for it or fails by it. What cannot be
 * sent is tried again with the next batch; of what waits only the latest is kept.
 *
 * The SDK's own batches would do, if they did not write their troubles to the console.
 */
export function createTraceQueue<Packed>(sink: TraceSink<Packed>, telemetry: Telemetry): TracingProcessor {
  const waiting: Packed[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined

  const add = async (piece: Piece) => {
    try {
      const packed = sink.pack(piece)
      if (packed === null) return
      waiting.push(packed)
      if (waiting.length > MOST_WAITING) waiting.shift()
      // While the sink fails, time decides: else each span would begin another try.
      if (waiting.length === MOST_AT_ONCE) void send()
      timer ??= setTimeout(send, EVERY_MS).unref()
    } catch (error) {
      telemetry.traceFailed(sink.name, error)
    }
  }

  const send = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    sending ??= sendAll().finally(() => {
      sending = undefined
      if (waiting.length > 0) timer ??= setTimeout(send, EVERY_MS).unref()
    })
    return sending
  }

  const sendAll = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MOST_AT_ONCE)
      try {
        await sink.send(batch, AbortSignal.timeout(SEND_MS))
      } catch (error) {
        telemetry.traceFailed(sink.name, error)
        if (isFinal(error)) continue
        waiting.unshift(...batch)
        waiting.splice(0, waiting.length - MOST_WAITING)
        return
      }
    }
  }

  return {
    onTraceStart: add,
    onTraceEnd: async () => undefined,
    onSpanStart: async () => undefined,
    onSpanEnd: add,
    // The SDK calls this at the first SIGTERM, while tasks still run on for a while.
    shutdown: async () => undefined,
    forceFlush: send,
  }
}

function isFinal(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'number' && code >= 400 && code < 500
}
