import { type Submission, submitAgentTask as submit } from '../../../shared/client/submit-agent-task.ts'
import type { Kind } from '../../../shared/kinds.ts'
import type { AgentTask } from '../../../shared/task.ts'
import { supabase } from '../supabase.ts'

/**
 * Submits a task as the signed-in user and follows it to its end; calls `onUpdate` at each change.
 * @throws AgentTaskError why it was refused, failed or was cancelled
 */
export function submitAgentTask<K extends Kind = 'assistant'>(
  submission: Submission<K> & { signal?: AbortSignal },
  onUpdate?: (task: AgentTask) => void,
): Promise<AgentTask> {
  return submit(supabase, submission, onUpdate)
}
