import { z } from 'zod'
import { kinds } from './kinds.ts'
import { todo, todoStatus } from './todos.ts'

// What a worker answers over HTTP, for programs that have no Supabase client. See the README's "Over HTTP".

/** `POST /api/v1/chat`: a message, and the conversation that it goes on with; without one a new one begins. */
export const chatRequest = z.object({
  message: kinds['todo-chat'].request.shape.prompt,
  conversation_id: z.guid('"conversation_id" is no id: take the one of an earlier answer.').nullish(),
})

const toolCall = z.object({ tool_name: z.string(), input: z.json(), result: z.json() })

/** The answer of 200: the turn has ended well. */
export const chatAnswer = z.object({
  conversation_id: z.guid(),
  task_id: z.guid(),
  agent_response: z.string(),
  tool_calls: z.array(toolCall),
})

/** The answer of 202: it goes on, or waits for consent. `GET /api/v1/chat/<task_id>` has the end. */
export const chatPending = chatAnswer.extend({
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting']),
  /** Of the call that has submitted the message. */
  correlation_id: z.string().nullable(),
  /** What is asked of the user; decided by `decide_agent_approval(id, 'approve' | 'reject')`. */
  approvals: z.array(
    z.object({ id: z.guid(), tool_name: z.string(), input: z.json(), expires_at: z.string().nullable() }),
  ),
})

/** `GET /api/v1/chat/<task_id>` */
export const chatPath = z.object({ task_id: z.guid('This is no id of a turn.') })

/** `GET /api/v1/tasks`: which of one's todos. */
export const tasksQuery = z.object({
  status: todoStatus.default('all'),
  search: z.string().max(200).optional(),
  limit: z.coerce.number('"limit" is no number.').int().min(1).max(500).default(100),
})
export const tasksAnswer = z.object({ tasks: z.array(todo), has_more: z.boolean() })

/** The body of every refusal. One that tells how a task failed has the id of the call that submitted the task. */
export const errorAnswer = z.object({
  error: z.object({ code: z.string(), message: z.string(), correlation_id: z.string() }),
})

export type ChatAnswer = z.output<typeof chatAnswer>
export type ChatPending = z.output<typeof chatPending>
