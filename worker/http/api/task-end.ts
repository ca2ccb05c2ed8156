import type { Context } from 'hono'
import { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import { isKind } from '../../../shared/kinds.ts'
import type { PendingAnswer } from '../../../shared/scenario-api.ts'
import { isFinished } from '../../../shared/task.ts'
import type { Caller } from '../caller.ts'
import { Refusal } from '../refusal.ts'
import type { ApiRoom } from './room.ts'
import { answerOf, isAnswered } from './task-answer.ts'
import { readQuestions, refuseBadEnd } from './turn.ts'

const row = z.object({
  id: z.guid(),
  kind: z.string(),
  life: z.int(),
  session_id: z.guid().nullable(),
  correlation_id: z.string().nullable(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']),
  request_payload: z.unknown(),
  response_payload: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
})
const columns = Object.keys(row.shape).join(',')

/** A task of the caller's. */
export type TaskRow = z.output<typeof row>
/** How it stands: ended well, or under way. It is settled when there is nothing more to wait for but people. */
type Standing = { isSettled: boolean } & ({ status: 200; body: unknown } | { status: 202; body: PendingAnswer })

/**
 * Submits a task under the correlation id of the call, waits for it, and answers as its endpoint does.
 *
 * @throws Refusal as it failed
 */
export async function answerWith(
  { wait }: Pick<ApiRoom, 'wait'>,
  { c, caller }: { c: Context; caller: Caller },
  submit: (correlationId: string) => Promise<{ id: string }>,
) {
  const find = async () => (await submit(c.get('correlation'))).id
  const standing = await wait({ c, caller, find, look: id => readStanding(caller, id) })
  // What its kind answers is checked by the schema of the endpoint.
  return standing as Response | (Standing & { body: never })
}

/** @throws Refusal as it failed; `task_not_found` for one that is not the caller's */
export async function readStanding(caller: Caller, taskId: string): Promise<Standing> {
  const query = caller.supabase.from('agent_task_requests').select(columns)
  const { data, error, status } = await query
    // Admins see the tasks of others, which are none of theirs here.
    .match({ id: taskId, user_id: caller.userId })
    .abortSignal(AbortSignal.timeout(patienceMs))
    .maybeSingle()
  if (error) throw errorOfResponse(error, status)
  const task = data === null ? undefined : row.parse(data)
  if (!task || !isKind(task.kind) || !isAnswered(task.kind)) {
    throw new Refusal('task_not_found', `There is no task ${taskId} of yours.`)
  }
  refuseBadEnd(task)
  if (isFinished(task.status)) return { isSettled: true, status: 200, body: await answerOf(caller, task) }
  const approvals = task.status === 'waiting' ? await readQuestions(caller.supabase, taskId) : []
  const { correlation_id } = task
  const body = { task_id: taskId, status: task.status as PendingAnswer['status'], correlation_id, approvals }
  return { isSettled: approvals.length > 0, status: 202, body }
}
