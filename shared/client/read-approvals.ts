import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type Approval, approvalColumns, parseApprovals } from './approval-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

const most = 250

/**
 * The approvals that the user may see: the open ones, the oldest first, then those closed last.
 * @throws AgentTaskError if they cannot be read
 */
export function readApprovals(supabase: Supabase): Promise<Approval[]> {
  const rows = supabase.from('agent_approvals').select(approvalColumns)
  // Open ones have not been decided.
  const latest = { ascending: false, nullsFirst: true }
  return answer(rows.order('decided_at', latest).order('created_at').order('id').limit(most))
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
