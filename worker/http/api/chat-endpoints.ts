import type { Context } from 'hono'
import { listTodos } from '../../../shared/client/todos.ts'
import { chatAnswer, chatPath, chatPending, chatRequest, tasksAnswer, tasksQuery } from '../../../shared/http.ts'
import type { Caller } from '../caller.ts'
import { submitMessage } from './conversation.ts'
import { type Endpoint, endpoint, TASK_EVENTS } from './endpoint.ts'
import { wantsStream } from './read.ts'
import type { ApiRoom } from './room.ts'
import { readTurn } from './turn.ts'

/** The todo chat, and the todos, for programs without a Supabase client. Nothing here runs an agent: it submits and waits. */
export function createChatEndpoints({ wait }: ApiRoom): Endpoint[] {
  const answer = ({ c, caller }: { c: Context; caller: Caller }, find: () => Promise<string>) =>
    wait({ c, caller, find, look: id => readTurn(caller, id) })
  return [
    endpoint({
      method: 'post',
      route: '/api/v1/chat',
      name: 'chat',
      summary: 'Says something in a conversation about one’s todos, or in a new one, and gives the answer.',
      schemas: { body: chatRequest, answer: chatAnswer },
      perMinute: 60,
      pending: PENDING,
      streams: TASK_EVENTS,
      handle: ({ c, caller, body }) =>
        answer({ c, caller }, () => submitMessage(caller, { ...body, correlationId: c.get('correlation') })),
    }),
    endpoint({
      method: 'get',
      route: '/api/v1/chat/{task_id}',
      name: 'readChat',
      summary: 'The answer to an earlier message.',
      schemas: { path: chatPath, answer: chatAnswer },
      perMinute: 600,
      pending: PENDING,
      streams: TASK_EVENTS,
      handle: async ({ c, caller, path }) => {
        // What is not the caller's is refused before a stream begins, since that has a status of its own.
        if (wantsStream(c)) await readTurn(caller, path.task_id)
        return answer({ c, caller }, async () => path.task_id)
      },
    }),
    endpoint({
      method: 'get',
      route: '/api/v1/tasks',
      name: 'listTodos',
      summary: 'One’s todos, the newest first.',
      schemas: { query: tasksQuery, answer: tasksAnswer },
      perMinute: 240,
      handle: async ({ caller, query }) => {
        const { todos, hasMore } = await listTodos(caller.supabase, query)
        return { status: 200, body: { tasks: todos, has_more: hasMore } }
      },
    }),
  ]
}

const PENDING = { schema: chatPending.meta({ id: 'ChatPending' }), endAt: (id: string) => `/api/v1/chat/${id}` }
