import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { binsOf, type Span, spans, type ThroughputBin } from './throughput-bins.ts'

/** What was done in the latest stretch of time, in equal bins, the present one last. For platform admins. */
export function useThroughput(span: Span) {
  return useQuery<ThroughputBin[], AgentTaskError>({
    queryKey: ['queue', 'throughput', span],
    queryFn: async () => {
      const { minutes, binMinutes } = spans[span]
      const now = Date.now()
      const since = new Date(now - minutes * 60_000).toISOString()
      const rows = await answerOf(supabase.rpc('agent_task_throughput', { since, step_seconds: binMinutes * 60 }))
      return binsOf(rows, span, now)
    },
    refetchInterval: spans[span].everyMs,
    placeholderData: (previous, query) => (query?.queryKey[2] === span ? previous : undefined),
  })
}
