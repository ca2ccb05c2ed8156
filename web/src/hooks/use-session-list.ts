import { emptySessionListView, type SessionListView, watchSessions } from '../../../shared/client/watch-sessions.ts'
import { supabase } from '../supabase.ts'
import { useFeed } from './use-feed.ts'

/** The user's latest conversations, live. */
export function useSessionList(userId: string): SessionListView {
  return useFeed({ key: userId, open: openSessions, empty: emptySessionListView })
}

function openSessions(userId: string) {
  return watchSessions(supabase, userId)
}
