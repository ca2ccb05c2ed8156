import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { readTask } from '../../../shared/client/read-task.ts'
import { emptyFold, foldSnapshot, textOf } from '../../../shared/client/task-fold.ts'
import { type TaskView, watchTask } from '../../../shared/client/watch-task.ts'
import type { Step } from '../../../shared/deltas.ts'
import { isFinished } from '../../../shared/task.ts'
import type { Caller } from '../caller.ts'
import type { Patience } from './patience.ts'
import { sendAtOnce } from './read.ts'

const PING_MS = 15_000

/**
 * Sends a task as it happens, as server-sent events: `text` {text}, what is added · `reset` {}, what was sent as text is
 * withdrawn · `tool_call` {tool_name, status, input, result?} · at last `done` with the body that one would have got
 * without a stream, or `error` {error: {code, message}}.
 */
export function streamTask(c: Context, caller: Caller, { taskId, patience, look }: Streamed): Response {
  sendAtOnce(c)
  return streamSSE(c, async stream => {
    const send = (event: string, data: unknown) => stream.writeSSE({ event, data: JSON.stringify(data) })
    try {
      await sendNews(stream, send, { caller, taskId, signal: patience.signal, look })
      await send('done', (await look()).body)
    } catch (error) {
      await send('error', c.get('refuse')(error).body(c.get('correlation')))
    } finally {
      patience.close()
      await caller.supabase.removeAllChannels()
      await caller.supabase.realtime.disconnect()
    }
  })
}

type Streamed = {
  taskId: string
  patience: Patience
  /** How the task stands. @throws Refusal as it failed */
  look: () => Promise<{ isSettled: boolean; body: unknown }>
}

type Send = (event: string, data: unknown) => Promise<void>

/** Resolves when there is nothing more to tell, or nobody to tell it to. */
async function sendNews(
  stream: SSEStreamingApi,
  send: Send,
  { caller, taskId, signal, look }: Pick<Streamed, 'taskId' | 'look'> & { caller: Caller; signal: AbortSignal },
): Promise<void> {
  const feed = watchTask(caller.supabase, taskId)
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const tell = createTeller(send)
  // One after the other, in the order in which they came.
  let sending = Promise.resolve()
  const hear = () => {
    const view = feed.getSnapshot()
    sending = sending.then(() => tell(view)).catch(() => end())
    if (view.missing || (view.task && isFinished(view.task.status))) end()
    else if (view.task?.status === 'waiting') void look().then(({ isSettled }) => isSettled && end(), end)
  }
  const ping = setInterval(() => void stream.write(': still here\n\n'), PING_MS)
  const stop = feed.subscribe(hear)
  stream.onAbort(() => end())
  signal.addEventListener('abort', () => end(), { once: true })
  if (signal.aborted) end()
  hear()
  await over
  clearInterval(ping)
  stop()
  feed.close()
  await sending
  // Of the end one may hear before one has heard of all that went before it.
  const fold = foldSnapshot(emptyFold, await readTask(caller.supabase, taskId, emptyFold))
  await tell({ text: textOf(fold), steps: fold.steps })
}

/** Knows what has been told, and tells the rest. */
function createTeller(send: Send): (view: Pick<TaskView, 'text' | 'steps'>) => Promise<void> {
  const told = new Map<string, Step['status']>()
  let said = ''
  return async ({ text, steps }) => {
    for (const { key, kind, name, status, input, output } of steps) {
      if (kind !== 'tool' || told.get(key) === status) continue
      told.set(key, status)
      await send('tool_call', {
        tool_name: name,
        status,
        input,
        ...(status === 'done' && { result: resultOf(output) }),
      })
    }
    if (!text.startsWith(said)) {
      await send('reset', {})
      said = ''
    }
    if (text.length > said.length) await send('text', { text: text.slice(said.length) })
    said = text
  }
}

/** As agent_session_turns has it: MCP tools give objects as text. What is long comes shortened; `done` has it whole. */
function resultOf(output: unknown): unknown {
  if (typeof output !== 'string' || !output.startsWith('{')) return output
  try {
    return JSON.parse(output)
  } catch {
    return output
  }
}
