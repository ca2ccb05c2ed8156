import type { RealtimeChannel } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { type Escalation, escalationColumns, parseEscalations } from './scenario-rows.ts'
import { type AgentSession, parseSessions, sessionColumns } from './session-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** An escalation with the conversation that it is of. */
export type EscalatedSession = Escalation & { session: AgentSession }

/** The escalations that are not closed, the oldest first; null until they have been read. */
export type EscalationsView = Link & { escalations: readonly EscalatedSession[] | null }

/** Before anything is known of them. */
export const emptyEscalationsView: EscalationsView = { ...firstLink, escalations: null }

const most = 100

/** Watches the conversations that a person is to take over, as far as the user may see them, until the feed is closed. */
export function watchEscalations(supabase: Supabase, userId: string): Feed<EscalationsView> {
  const topic = `user:${userId}:escalations`
  return openFeed(supabase, topic, emptyEscalationsView, show => {
    let view = emptyEscalationsView
    const put = (part: Partial<EscalationsView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      listen: (channel: RealtimeChannel) => {
        const table = { event: '*', schema: 'public', table: 'scenario_escalations' } as const
        channel.on('postgres_changes', table, () => live.refresh())
      },
      read: async () => put({ escalations: await readEscalations(supabase) }),
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live
  })
}

async function readEscalations(supabase: Supabase): Promise<EscalatedSession[]> {
  const read = await supabase
    .from('scenario_escalations')
    .select(escalationColumns)
    .neq('status', 'closed')
    .order('created_at')
    .limit(most)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (read.error) throw errorOfResponse(read.error, read.status)
  const escalations = parseEscalations(read.data)
  if (escalations.length === 0) return []
  const sessions = await readSessions(
    supabase,
    escalations.map(({ session_id }) => session_id),
  )
  return escalations.flatMap(escalation => {
    const session = sessions.find(({ id }) => id === escalation.session_id)
    return session ? [{ ...escalation, session }] : []
  })
}

async function readSessions(supabase: Supabase, ids: string[]): Promise<AgentSession[]> {
  const { data, error, status } = await supabase
    .from('agent_sessions')
    .select(sessionColumns)
    .in('id', ids)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseSessions(data)
}
