import { forkAgentTask } from '../../../shared/client/fork-agent-task.ts'
import { supabase } from '../supabase.ts'
import { useChange } from './use-change.ts'
import { openTask } from './use-task-id.ts'

/** Starts a new task that goes on from a step of this one, and opens it. Resolves whether that was done. */
export function useFork(taskId: string) {
  const { run, isBusy } = useChange()
  const fork = (stepId: number, output?: string) =>
    run(async () => {
      const { id } = await forkAgentTask(supabase, taskId, { stepId, ...(output !== undefined && { output }) })
      openTask(id)
    }, 'This is a new task. What was done before that step is taken over; the other task stays as it is.')
  return { fork, isBusy }
}
