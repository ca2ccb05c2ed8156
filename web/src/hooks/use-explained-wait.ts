import { useQuery } from '@tanstack/react-query'
import type { AgentTask } from '../../../shared/task.ts'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'
import { type WaitReason, waitReason } from '../words/wait-words.ts'

const everyMs = 3_000

/** Why a task that neither runs nor has ended waits, asked every few seconds; null while that is unknown. */
export function useExplainedWait({ id, status, version }: AgentTask): WaitReason | null {
  const waits = status === 'pending' || status === 'scheduled' || status === 'waiting'
  const { data } = useQuery({
    // The version, so that what was true of an earlier state is not said of the present one.
    queryKey: ['wait', id, version],
    queryFn: () => explain(id),
    refetchInterval: everyMs,
    enabled: waits,
  })
  return waits ? (data ?? null) : null
}

async function explain(taskId: string): Promise<WaitReason> {
  return waitReason.parse(await answerOf(supabase.rpc('explain_wait', { task_id: taskId })))
}
