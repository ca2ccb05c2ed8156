import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type Approval, approvalColumns, parseApprovals } from './approval-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

const mostOpen = 200
const mostClosed = 50

/**
 * The approvals that the user may see: the open ones, the oldest first, then those closed last.
 * @throws AgentTaskError if they cannot be read
 */
export async function readApprovals(supabase: Supabase): Promise<Approval[]> {
  const rows = () => supabase.from('agent_approvals').select(approvalColumns)
  const [open, closed] = await Promise.all([
    answer(rows().eq('status', 'open').order('created_at').order('id').limit(mostOpen)),
    answer(rows().neq('status', 'open').order('decided_at', { ascending: false }).order('id').limit(mostClosed)),
  ])
  return [...open, ...closed]
}

/** What a life of a task has asked, in that order. @throws AgentTaskError if it cannot be read */
export function readApprovalsOf(supabase: Supabase, { id, life }: { id: string; life: number }): Promise<Approval[]> {
  const rows = supabase.from('agent_approvals').select(approvalColumns).eq('task_id', id).eq('life', life)
  return answer(rows.order('created_at').order('key'))
}

type Rows = PromiseLike<PostgrestSingleResponse<unknown>> & {
  abortSignal: (signal: AbortSignal) => Rows
  retry: (isOn: boolean) => Rows
}

async function answer(rows: Rows): Promise<Approval[]> {
  const { data, error, status } = await rows.abortSignal(AbortSignal.timeout(patienceMs)).retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseApprovals(data)
}
