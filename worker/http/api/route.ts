import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { listTodos } from '../../../shared/client/todos.ts'
import { chatRequest, tasksQuery } from '../../../shared/http.ts'
import type { Caller, Callers } from '../caller.ts'
import { Refusal } from '../refusal.ts'
import { submitMessage } from './conversation.ts'
import { openPatience } from './patience.ts'
import { streamTurn } from './stream.ts'
import { readTurn, turnWhenEnded } from './turn.ts'
import { createTurnstile } from './turnstile.ts'

const MOST_BYTES = 262_144
/** Of one user. */
const MOST_WAITS = 100

export type ApiOptions = {
  callers: Callers
  /** How long a turn is waited for before its caller is told to come back. */
  waitSeconds: number
  /** The same of a stream, which shows that it is alive. */
  streamSeconds: number
  /** Fires when the worker is about to end. */
  ending: AbortSignal
}

/** The todo chat, and the todos, for programs without a Supabase client. Nothing here runs an agent: it submits and waits. */
export function createApi({ callers, waitSeconds, streamSeconds, ending }: ApiOptions): Hono {
  const turnstile = createTurnstile(MOST_WAITS)
  const callerOf = (c: Context) => callers(c.req.header('authorization'))

  /** @param find the turn to wait for, once there is room to wait. */
  async function answer(c: Context, find: (caller: Caller) => Promise<string>): Promise<Response> {
    const caller = await callerOf(c)
    const isStream = wantsStream(c)
    const seconds = isStream ? streamSeconds : waitSeconds
    const patience = openPatience(seconds, [ending, c.req.raw.signal], turnstile.enter(caller.userId))
    try {
      const taskId = await find(caller)
      if (isStream) return streamTurn(c, caller, taskId, patience)
      const { status, body } = await turnWhenEnded(caller, taskId, patience.signal)
      patience.close()
      const headers = status === 202 ? { location: `/api/v1/chat/${taskId}`, 'retry-after': '1' } : {}
      return c.json(body, status, headers)
    } catch (error) {
      patience.close()
      throw error
    }
  }

  return new Hono()
    .post('/api/v1/chat', bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }), c =>
      answer(c, async caller => {
        const { message, conversation_id } = parse(chatRequest, await bodyOf(c))
        return submitMessage(caller, message, conversation_id)
      }),
    )
    .get('/api/v1/chat/:task_id', c =>
      answer(c, async caller => {
        const taskId = parse(z.guid('This is no id of a turn.'), c.req.param('task_id'))
        // What is not the caller's is refused before a stream begins, since that has a status of its own.
        if (wantsStream(c)) await readTurn(caller, taskId)
        return taskId
      }),
    )
    .get('/api/v1/tasks', async c => {
      const { supabase } = await callerOf(c)
      const { todos, hasMore } = await listTodos(supabase, parse(tasksQuery, c.req.query()))
      return c.json({ tasks: todos, has_more: hasMore })
    })
    .all('/api/*', c => {
      throw new Refusal('not_found', `There is no ${c.req.method} ${c.req.path} here.`)
    })
}

function wantsStream(c: Context): boolean {
  return c.req.header('accept')?.includes('text/event-stream') ?? false
}

async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (cause) {
    throw new Refusal('invalid_request', 'The body is no JSON.', cause)
  }
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const { data, error } = schema.safeParse(given)
  if (!error) return data
  throw new Refusal('invalid_request', error.issues.map(({ message }) => message).join(' '))
}

function tooLarge(): never {
  throw new Refusal('too_large', `The body is larger than ${MOST_BYTES} bytes.`)
}
