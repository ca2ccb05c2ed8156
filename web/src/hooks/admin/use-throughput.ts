import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { binsOf, type Span, spans, type ThroughputBin, type ThroughputRow } from './throughput-bins.ts'

// Hosted projects return at most this many rows at once.
const pageRows = 1000

/** What was done in the latest stretch of time, in equal bins, the present one last. For platform admins. */
export function useThroughput(span: Span) {
  return useQuery<ThroughputBin[], AgentTaskError>({
    queryKey: ['queue', 'throughput', span],
    queryFn: async () => {
      const { minutes } = spans[span]
      const now = Date.now()
      return binsOf(await readRows(new Date(now - minutes * 60_000).toISOString(), 0), span, now)
    },
    refetchInterval: spans[span].everyMs,
    placeholderData: (previous, query) => (query?.queryKey[2] === span ? previous : undefined),
  })
}

async function readRows(since: string, from: number): Promise<ThroughputRow[]> {
  const page = await answerOf(
    supabase
      .from('agent_task_minutes')
      .select('minute,kind,status,tasks,wait_seconds,run_seconds')
      .gte('minute', since)
      .order('minute')
      .order('kind')
      .order('status')
      .range(from, from + pageRows - 1),
  )
  return page.length < pageRows ? page : [...page, ...(await readRows(since, from + pageRows))]
}
