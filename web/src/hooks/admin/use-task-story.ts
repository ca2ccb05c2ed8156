import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { parseTask, taskColumns } from '../../../../shared/client/task-rows.ts'
import type { Database } from '../../../../shared/database.types.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { parseTaskRows, type TaskRow, taskRowColumns } from './task-rows.ts'

type Tables = Database['public']['Tables']

/** A step of the journal, of any of the task's lives. */
export type StoryStep = Tables['agent_task_steps']['Row']
/** What an admin did. */
export type AuditEntry = Tables['agent_task_audit']['Row']

/** All that is kept of a task; `task` is null where there is none that one may see. */
export type TaskStory = { task: AgentTask | null; steps: StoryStep[]; audit: AuditEntry[]; children: TaskRow[] }

// More than a person reads; of a family as large as is allowed the first ones are shown.
const mostSteps = 1000
const mostChildren = 100

/** All that is kept of a task, read again every two seconds, or seldom once it has ended. */
export function useTaskStory(taskId: string) {
  return useQuery<TaskStory, AgentTaskError>({
    queryKey: ['tasks', 'story', taskId],
    queryFn: () => readStory(taskId),
    refetchInterval: ({ state }) => (state.data?.task && isFinished(state.data.task.status) ? 10_000 : 2_000),
  })
}

async function readStory(taskId: string): Promise<TaskStory> {
  const [tasks, steps, audit, children] = await Promise.all([
    answerOf(supabase.from('agent_task_requests').select(taskColumns).eq('id', taskId)),
    answerOf(supabase.from('agent_task_steps').select().eq('task_id', taskId).order('id').limit(mostSteps)),
    answerOf(supabase.from('agent_task_audit').select().eq('task_id', taskId).order('id').limit(mostSteps)),
    answerOf(
      supabase
        .from('agent_task_requests')
        .select(taskRowColumns)
        .eq('parent_id', taskId)
        .order('created_at')
        .order('id')
        .limit(mostChildren),
    ),
  ])
  const [task] = tasks
  return { task: task ? parseTask(task) : null, steps, audit, children: parseTaskRows(children) }
}
