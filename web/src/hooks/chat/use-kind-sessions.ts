import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { type AgentSession, parseSessions, sessionColumns } from '../../../../shared/client/session-rows.ts'
import type { Kind } from '../../../../shared/kinds.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const everyMs = 5_000
const mostTurns = 300
const mostSessions = 30

const rows = z.array(z.object({ session_id: z.string() }))

/** The user's conversations with turns of a kind, those last used first; read again every few seconds. */
export function useKindSessions(userId: string, kind: Kind) {
  return useQuery<AgentSession[], AgentTaskError>({
    queryKey: ['kind-sessions', userId, kind],
    queryFn: () => readSessions(userId, kind),
    refetchInterval: everyMs,
  })
}

async function readSessions(userId: string, kind: Kind): Promise<AgentSession[]> {
  const turns = supabase.from('agent_task_requests').select('session_id').eq('user_id', userId).eq('kind', kind)
  const latest = turns.not('session_id', 'is', null).order('created_at', { ascending: false }).limit(mostTurns)
  const ids = new Set(rows.parse(await answerOf(latest)).map(({ session_id }) => session_id))
  if (ids.size === 0) return []
  const sessions = supabase.from('agent_sessions').select(sessionColumns)
  const named = sessions.in('id', [...ids].slice(0, mostSessions))
  return parseSessions(await answerOf(named.order('updated_at', { ascending: false })))
}
