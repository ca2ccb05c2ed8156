import { useInfiniteQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import type { AuditEntry } from './use-task-story.ts'

const everyMs = 5_000
const pageSize = 100

/** What admins did, the latest first, a page more at each `fetchNextPage`. Whose deeds one sees is up to the database. */
export function useAudit() {
  return useInfiniteQuery<AuditEntry[], AgentTaskError, AuditEntry[], readonly string[], number | null>({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => readPage(pageParam),
    initialPageParam: null,
    getNextPageParam: page => (page.length < pageSize ? null : (page.at(-1)?.id ?? null)),
    select: ({ pages }) => pages.flat(),
    refetchInterval: everyMs,
  })
}

function readPage(before: number | null): Promise<AuditEntry[]> {
  const request = supabase.from('agent_task_audit').select().order('id', { ascending: false }).limit(pageSize)
  return answerOf(before === null ? request : request.lt('id', before))
}
