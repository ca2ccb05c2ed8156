import type { RealtimeChannel } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { type AgentSession, parseSessions, sessionColumns } from './session-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** A user's conversations, those last used first; null until they have been read. */
export type SessionListView = Link & { sessions: readonly AgentSession[] | null }

/** Before anything is known of them. */
export const emptySessionListView: SessionListView = { ...firstLink, sessions: null }

const mostSessions = 30

/**
 * Watches a user's latest conversations until the feed is closed. Of deleted ones no news comes, because rows that are gone
 * have no user any more: `refresh` after deleting, others see it within a minute.
 */
export function watchSessions(supabase: Supabase, userId: string): Feed<SessionListView> {
  const topic = `user:${userId}:sessions`
  return openFeed(supabase, topic, emptySessionListView, show => {
    let view = emptySessionListView
    const put = (part: Partial<SessionListView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      listen: (channel: RealtimeChannel) => {
        const changes = {
          event: '*',
          schema: 'public',
          table: 'agent_sessions',
          filter: `user_id=eq.${userId}`,
        } as const
        channel.on('postgres_changes', changes, () => live.refresh())
      },
      read: async () => put({ sessions: await readSessions(supabase, userId) }),
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live
  })
}

async function readSessions(supabase: Supabase, userId: string): Promise<AgentSession[]> {
  const { data, error, status } = await supabase
    .from('agent_sessions')
    .select(sessionColumns)
    .eq('user_id', userId)
    .order('updated_at', { ascending: false })
    .limit(mostSessions)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseSessions(data)
}
