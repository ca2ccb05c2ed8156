import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { listTodos } from '../../../shared/client/todos.ts'
import { chatRequest, tasksQuery } from '../../../shared/http.ts'
import type { Caller, Callers } from '../caller.ts'
import { submitMessage } from './conversation.ts'
import { bodyOf, limitBody, parse, wantsStream } from './read.ts'
import { readTurn } from './turn.ts'
import type { Wait } from './waiting.ts'

/** The todo chat, and the todos, for programs without a Supabase client. Nothing here runs an agent: it submits and waits. */
export function createApi({ callers, wait }: { callers: Callers; wait: Wait }): Hono {
  const callerOf = (c: Context) => callers(c.req.header('authorization'))

  /** @param find the turn to wait for. */
  async function answer(c: Context, find: (caller: Caller) => Promise<string>): Promise<Response> {
    const caller = await callerOf(c)
    const turn = await wait({ c, caller, find: () => find(caller), look: id => readTurn(caller, id) })
    if (turn instanceof Response) return turn
    const { status, body } = turn
    return c.json(body, status, status === 202 ? { location: `/api/v1/chat/${body.task_id}`, 'retry-after': '1' } : {})
  }

  return new Hono()
    .post('/api/v1/chat', limitBody, c =>
      answer(c, async caller => {
        const message = parse(chatRequest, await bodyOf(c))
        return submitMessage(caller, { ...message, correlationId: c.get('correlation') })
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
}
