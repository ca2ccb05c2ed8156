import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import type { Rights } from '../use-rights.ts'

const everyMs = 3_000
const most = 200

const letters = z.array(
  z.object({
    task_id: z.string(),
    kind: z.string(),
    code: z.string(),
    failed_at: z.string(),
    enterprise_id: z.string().nullable(),
    task: z.object({
      prompt: z.string().nullable(),
      message: z.string().nullable(),
      life: z.number(),
      attempt: z.number(),
    }),
  }),
)

/** A task that has failed for good, with what was asked and why it failed. */
export type DeadLetter = z.output<typeof letters>[number]

/** The tasks that have failed for good, the latest first. */
export function useDeadLetters(rights: Rights) {
  return useQuery<DeadLetter[], AgentTaskError>({
    queryKey: ['dead-letters', rights],
    queryFn: () => readLetters(rights),
    refetchInterval: everyMs,
  })
}

async function readLetters({ isPlatformAdmin, adminOf }: Rights): Promise<DeadLetter[]> {
  const request = supabase
    .from('agent_task_dead_letters')
    .select(
      'task_id,kind,code,failed_at,enterprise_id,task:agent_task_requests!inner(prompt:request_payload->>prompt,message:error->>message,life,attempt)',
    )
    .order('failed_at', { ascending: false })
    .limit(most)
  return letters.parse(await answerOf(isPlatformAdmin ? request : request.in('enterprise_id', adminOf)))
}
