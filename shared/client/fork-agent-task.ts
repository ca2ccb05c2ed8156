import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { parseTask } from './task-rows.ts'

/**
 * Starts a new task that goes on from just before a step of another one, or with `output` from just after that tool call,
 * as though that had been its result. What was done before is neither paid nor done again.
 * @throws AgentTaskError `not_allowed` if it is not the user's task, `invalid_request` for an output of no tool
 */
export async function forkAgentTask(
  supabase: Supabase,
  taskId: string,
  { stepId, output }: { stepId: number; output?: string },
): Promise<AgentTask> {
  const { data, error, status } = await supabase
    .rpc('fork_agent_task', { task_id: taskId, step_id: stepId, ...(output !== undefined && { output }) })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return parseTask(data)
}
