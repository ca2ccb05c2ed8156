import { useState } from 'react'
import { changeAgentSession } from '../../../../shared/client/agent-session.ts'
import { beginScenarioSession } from '../../../../shared/client/scenarios.ts'
import { insertAgentTask } from '../../../../shared/client/submit-agent-task.ts'
import { supabase } from '../../supabase.ts'
import { pathOf, useAddress } from '../use-address.ts'
import { useRequests } from '../use-requests.ts'
import { useAgentSession } from '../useAgentSession.ts'

const kind = 'scenario'
const source = 'text'

type Beginning = {
  scenarioId: string
  enterpriseId: string | null
  /** Called with the session's id as soon as there is one. */
  onBegun: (sessionId: string) => void
}

/** The turns of a conversation with the agents of a scenario, live; with null, one that begins with its first message. */
export function useScenarioChat(sessionId: string | null, beginning: Beginning | null) {
  const { submitTask, isSubmitting, refusal, ...session } = useAgentSession(sessionId)
  // Agents are told where their user is, and what is chosen by the page goes by it.
  const page = { path: pathOf(useAddress()) }
  const first = useRequests(null, undefined)

  // Of one that was refused the session is there, and is used again.
  const [id] = useState(() => crypto.randomUUID())

  const begin = ({ scenarioId, enterpriseId, onBegun }: Beginning, message: string) =>
    first.run('submit', async () => {
      await beginScenarioSession(supabase, { sessionId: id, scenarioId, enterpriseId, page })
      const [task] = await Promise.all([
        insertAgentTask(supabase, { kind, source, message, page, sessionId: id, enterpriseId }),
        changeAgentSession(supabase, id, { title: message }),
      ])
      onBegun(id)
      return task
    })

  const say = async (message: string, rootAgent: string | null) => {
    const choice = rootAgent === null ? {} : { rootAgent }
    if (sessionId !== null) return (await submitTask({ kind, source, message, page, ...choice })) !== null
    return beginning !== null && (await begin(beginning, message)) !== null
  }
  return {
    ...session,
    /** Says something, to an agent if the user wants that one. Resolves whether it was taken; `refusal` says why not. */
    say,
    isSaying: isSubmitting || first.running !== null,
    refusal: refusal ?? first.refusal,
  }
}
