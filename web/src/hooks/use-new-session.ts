import { createAgentSession } from '../../../shared/client/agent-session.ts'
import { insertAgentTask } from '../../../shared/client/submit-agent-task.ts'
import { supabase } from '../supabase.ts'
import { useRequests } from './use-requests.ts'
import { openSession } from './use-session-address.ts'

/** Begins a conversation with its first question, by whose beginning it is named, and opens it. */
export function useNewSession(enterpriseId: string | null) {
  const { run, running, refusal } = useRequests(null, undefined)
  const begin = async (prompt: string) => {
    await run('submit', async () => {
      const { id: sessionId } = await createAgentSession(supabase, { enterpriseId, title: prompt })
      const task = await insertAgentTask(supabase, { prompt, sessionId, enterpriseId })
      openSession(sessionId)
      return task
    })
  }
  return { begin, isBeginning: running === 'submit', refusal }
}
