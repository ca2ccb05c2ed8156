import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { parseSummaries, summaryColumns, type TaskSummary } from '../../../../shared/client/task-list.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 5_000
const limit = 20

/** The user's latest analyses, the newest first, read again every few seconds. */
export function useAnalyses(userId: string) {
  return useQuery<TaskSummary[], AgentTaskError>({
    queryKey: ['analyses', userId],
    queryFn: async () => {
      const tasks = supabase.from('agent_task_requests').select(summaryColumns)
      const own = tasks.eq('user_id', userId).eq('kind', 'portfolio-analysis')
      return parseSummaries(await answerOf(own.order('created_at', { ascending: false }).limit(limit)))
    },
    refetchInterval: everyMs,
  })
}
