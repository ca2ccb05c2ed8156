import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { queueStats } from '../../../../shared/queue-stats.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 2_000

const queueOverview = queueStats.extend({
  kinds: z.array(
    z.object({
      kind: z.string(),
      paused_at: z.string().nullable(),
      max_running: z.number().nullable(),
      at_work: z.number(),
    }),
  ),
  tenants: z.array(
    z.object({
      tenant_id: z.string(),
      name: z.string(),
      weight: z.number(),
      max_running: z.number().nullable(),
      at_work: z.number(),
      pending: z.number(),
    }),
  ),
  dead_letters: z.array(z.object({ kind: z.string(), code: z.string(), tasks: z.number(), last_at: z.string() })),
  settings: z.object({ keep_tasks_days: z.number().nullable(), keep_minutes_days: z.number().nullable() }),
})

/** How the whole queue is doing. */
export type QueueOverview = z.output<typeof queueOverview>
/** A living worker. */
export type QueueWorker = QueueOverview['workers'][number]
/** A kind of task, with what admins say of it. */
export type QueueKind = QueueOverview['kinds'][number]
/** A tenant, with its share of the work. */
export type QueueTenant = QueueOverview['tenants'][number]

/** How the whole queue is doing, asked every two seconds while the page is in sight. For platform admins. */
export function useQueueOverview() {
  return useQuery<QueueOverview, AgentTaskError>({
    queryKey: ['queue', 'overview'],
    queryFn: async () => queueOverview.parse(await answerOf(supabase.rpc('agent_queue_overview'))),
    refetchInterval: everyMs,
  })
}
