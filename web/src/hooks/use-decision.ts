import { useState } from 'react'
import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { type Decision, decideAgentApproval } from '../../../shared/client/decide-agent-approval.ts'
import { supabase } from '../supabase.ts'
import { useNotice } from './use-notice.ts'

/** Says a word on an approval; `refusal` tells why the last one was not taken. `decide` resolves whether it was. */
export function useDecision(approvalId: string) {
  const { tell } = useNotice()
  const [running, setRunning] = useState<Decision['decision'] | null>(null)
  const [refusal, setRefusal] = useState<AgentTaskError | null>(null)

  async function decide(decision: Decision, done: string): Promise<boolean> {
    setRunning(decision.decision)
    setRefusal(null)
    try {
      await decideAgentApproval(supabase, approvalId, decision)
      tell(done)
      return true
    } catch (error) {
      if (!(error instanceof AgentTaskError)) throw error
      setRefusal(error)
      return false
    } finally {
      setRunning(null)
    }
  }
  return { decide, running, refusal }
}
