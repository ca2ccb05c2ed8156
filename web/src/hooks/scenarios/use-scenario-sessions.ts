import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { parseScenarioSessions, scenarioSessionColumns } from '../../../../shared/client/scenario-rows.ts'
import { type AgentSession, parseSessions, sessionColumns } from '../../../../shared/client/session-rows.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 5_000
const most = 100

/** The user's conversations with agents of scenarios, those last used first; read again every few seconds. */
export function useScenarioSessions(userId: string) {
  return useQuery<AgentSession[], AgentTaskError>({
    queryKey: ['scenario-sessions', userId],
    queryFn: () => readSessions(userId),
    refetchInterval: everyMs,
  })
}

async function readSessions(userId: string): Promise<AgentSession[]> {
  const own = supabase.from('agent_sessions').select(sessionColumns).eq('user_id', userId)
  const sessions = parseSessions(await answerOf(own.order('updated_at', { ascending: false }).limit(most)))
  const ids = sessions.map(({ id }) => id)
  const begun = supabase.from('scenario_sessions').select(scenarioSessionColumns).in('session_id', ids)
  const known = new Set(parseScenarioSessions(await answerOf(begun)).map(({ session_id }) => session_id))
  return sessions.filter(({ id }) => known.has(id))
}
