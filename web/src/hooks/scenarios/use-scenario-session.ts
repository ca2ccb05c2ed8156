import { emptyScenarioSessionView, watchScenarioSession } from '../../../../shared/client/watch-scenario-session.ts'
import { supabase } from '../../supabase.ts'
import { useFeed } from '../use-feed.ts'
import { useUserId } from '../use-user-id.ts'

/** What a session of a scenario has besides its turns, live. Null shows none. */
export function useScenarioSession(sessionId: string | null) {
  const userId = useUserId()
  const key = userId !== null && sessionId !== null ? `${userId}/${sessionId}` : null
  return useFeed({ key, open: openSession, empty: emptyScenarioSessionView })
}

function openSession(key: string) {
  const [userId = '', sessionId = ''] = key.split('/')
  return watchScenarioSession(supabase, { userId, sessionId })
}
