import { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import { type ChatAnswer, type ChatPending, chatPending } from '../../../shared/http.ts'
import { isFinished } from '../../../shared/task.ts'
import type { Caller } from '../caller.ts'
import { Refusal } from '../refusal.ts'

const row = z.object({
  session_id: z.guid(),
  task_id: z.guid(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']),
  answer: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tool_calls: chatPending.shape.tool_calls,
  correlation_id: z.string().nullable(),
})
const columns = Object.keys(row.shape).join(',')
const questions = chatPending.shape.approvals

/**
 * How a turn stands: ended well, or under way. One that has ended badly is a refusal. It is settled when there is nothing
 * more to wait for but people.
 */
export type Turn = { isSettled: boolean } & ({ status: 200; body: ChatAnswer } | { status: 202; body: ChatPending })

const CONSENT = 'This needs your consent before it goes on.'

/** How a turn of the caller stands. @throws Refusal as the turn failed; `task_not_found` for one that is not the caller's. */
export async function readTurn({ userId, supabase }: Caller, taskId: string): Promise<Turn> {
  const query = supabase.from('agent_session_turns').select(columns)
  const { data, error, status } = await query
    // Platform admins see the turns of others, which are none of theirs here.
    .match({ task_id: taskId, user_id: userId, kind: 'todo-chat' })
    .abortSignal(AbortSignal.timeout(patienceMs))
    .maybeSingle()
  if (error) throw errorOfResponse(error, status)
  if (data === null) throw new Refusal('task_not_found', `There is no turn ${taskId} of yours.`)
  return turnOf(row.parse(data), () => readQuestions(supabase, taskId))
}

async function turnOf(turn: z.output<typeof row>, ask: () => Promise<z.output<typeof questions>>): Promise<Turn> {
  refuseBadEnd(turn)
  const { session_id, task_id, status, answer, tool_calls, correlation_id } = turn
  const body = { conversation_id: session_id, task_id, tool_calls }
  if (isFinished(status)) return { isSettled: true, status: 200, body: { ...body, agent_response: answer ?? '' } }
  const approvals = status === 'waiting' ? await ask() : []
  const agent_response = approvals.length > 0 ? CONSENT : ''
  const pending = { ...body, status: status as ChatPending['status'], correlation_id, agent_response, approvals }
  return { isSettled: approvals.length > 0, status: 202, body: pending }
}

type Ended = { status: string; error: { code: string; message: string } | null; correlation_id: string | null }

/** @throws Refusal for a task that has ended badly, which names the correlation id of the call that submitted it */
export function refuseBadEnd({ status, error, correlation_id }: Ended): void {
  const more = { correlationId: correlation_id }
  if (status === 'failed') {
    throw new Refusal(error?.code ?? 'failed', error?.message ?? 'It failed without a reason.', more)
  }
  if (status === 'cancelled') throw new Refusal('cancelled', 'This was cancelled.', more)
}

/** What a task waits to be told by people. */
export async function readQuestions(supabase: Caller['supabase'], taskId: string) {
  const { data, error, status } = await supabase
    .from('agent_approvals')
    .select('id,tool_name,input:arguments,expires_at')
    .match({ task_id: taskId, status: 'open' })
    .order('created_at')
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return questions.parse(data)
}
