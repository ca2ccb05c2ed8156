import { skipToken, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const rewrite = z.object({
  id: z.string(),
  created_at: z.string(),
  request_payload: z.object({ planId: z.string(), module: z.number() }),
})

/** A task that writes a module of a course again. */
export type Rewrite = { id: string; module: number; createdAt: string }

/** The user's latest wishes for modules of a course, the newest first. */
export function useRewrites(planId: string | undefined) {
  return useQuery<Rewrite[], AgentTaskError>({
    queryKey: ['rewrites', planId],
    queryFn: planId === undefined ? skipToken : () => readRewrites(planId),
  })
}

async function readRewrites(planId: string): Promise<Rewrite[]> {
  const rows = await answerOf(
    supabase
      .from('agent_task_requests')
      .select('id,created_at,request_payload')
      .eq('kind', 'course-module')
      .eq('request_payload->>planId', planId)
      .order('created_at', { ascending: false })
      .limit(50),
  )
  return rows
    .flatMap(row => rewrite.safeParse(row).data ?? [])
    .map(({ id, created_at, request_payload }) => ({ id, module: request_payload.module, createdAt: created_at }))
}
