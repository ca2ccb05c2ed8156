import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { parseTask } from './task-rows.ts'

/**
 * Starts a failed or cancelled task again, as a new life of the same row.
 * @throws AgentTaskError `invalid_request` if it is neither, `not_allowed` if the user may not act on it, `session_busy` while
 * another task of its session is unfinished
 */
export async function retryAgentTask(supabase: Supabase, taskId: string): Promise<AgentTask> {
  const { data, error, status } = await supabase
    .rpc('retry_agent_task', { task_id: taskId })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return parseTask(data)
}
