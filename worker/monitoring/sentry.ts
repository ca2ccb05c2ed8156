import { defaultStackParser, type ErrorEvent, makeNodeTransport, NodeClient } from '@sentry/node'

/** Errors go to people who are not at the log. */
export type Reports = {
  /** @param tags what it was about: ids, names and codes only. */
  report: (error: unknown, tags: Record<string, string | number>) => void
  /** Sends what is left, for two seconds at the most. */
  close: () => Promise<void>
}

const CLOSE_MS = 2_000
const MOST_CAUSES = 3
const FIELDS = new Set(['event_id', 'timestamp', 'platform', 'level', 'release', 'exception', 'tags'])

/**
 * Reports to Sentry. The client stands alone: it is not the process's own one, has no integrations, and so neither
 * patches `http` or the console, nor listens for crashes, nor has a say in our OpenTelemetry. An error is sent as its
 * type, its code and the places in its stack: messages stay in the log, since they may quote prompts, payloads or keys.
 */
export function startSentry({ dsn, version }: { dsn: string; version: string }): Reports {
  const client = new NodeClient({
    dsn,
    release: `liverow@${version}`,
    transport: makeNodeTransport,
    stackParser: defaultStackParser,
    integrations: [],
    // Otherwise it adds an integration for spans, and instruments modules as they are loaded.
    traceLifecycle: 'static',
    enableRuntimeChannelInjection: false,
    sendClientReports: false,
    includeServerName: false,
    beforeSend: onlyOurs,
  })
  return {
    report: (error, tags) => {
      const values = causesOf(error).map(exceptionOf)
      client.captureEvent({ level: 'error', tags, exception: { values } })
    },
    close: async () => {
      await client.close(CLOSE_MS)
    },
  }
}

/** Whatever else the SDK may come to add does not leave. */
function onlyOurs(event: ErrorEvent): ErrorEvent {
  return Object.fromEntries(Object.entries(event).filter(([field]) => FIELDS.has(field))) as ErrorEvent
}

/** The innermost first, as Sentry has it. */
function causesOf(error: unknown): unknown[] {
  const causes = []
  for (let cause = error; cause !== undefined && causes.length < MOST_CAUSES; ) {
    causes.unshift(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

function exceptionOf(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  return {
    type: wordOf(error.name) ?? 'Error',
    value: wordOf(code) ?? 'The log of the worker has the message.',
    stacktrace: { frames: defaultStackParser(placesOf(error)) },
  }
}

/** The stack without the message, which could otherwise pass for a place. */
function placesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  return at < 0 ? '' : `Error\n${stack.slice(at + message.length)}`
}

/** Names and codes are words; anything else might be content. */
function wordOf(text: unknown): string | undefined {
  return typeof text === 'string' && /^[\w.-]{1,60}$/.test(text) ? text : undefined
}
