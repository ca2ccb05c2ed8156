import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { parseTask } from './task-rows.ts'

/**
 * Stops a task: one that waits ends at once, one that runs is told to stop. An ended one stays as it is.
 * @throws AgentTaskError `not_allowed` if the user may not act on it
 */
export async function cancelAgentTask(supabase: Supabase, taskId: string): Promise<AgentTask> {
  const { data, error, status } = await supabase
    .rpc('cancel_agent_task', { task_id: taskId })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return parseTask(data)
}
