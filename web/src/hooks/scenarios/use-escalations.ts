import {
  type EscalatedSession,
  emptyEscalationsView,
  watchEscalations,
} from '../../../../shared/client/watch-escalations.ts'
import { supabase } from '../../supabase.ts'
import { useFeed } from '../use-feed.ts'
import type { Rights } from '../use-rights.ts'
import { useUserId } from '../use-user-id.ts'

/** The conversations that wait for a person, or have one, of those that the user looks after; live. */
export function useEscalations({ isPlatformAdmin, adminOf }: Rights) {
  const { escalations, error, connection } = useFeed({
    key: useUserId(),
    open: openEscalations,
    empty: emptyEscalationsView,
  })
  // Own conversations are seen, too, but looked after by others.
  const isMine = ({ session: { enterprise_id } }: EscalatedSession) =>
    isPlatformAdmin || (enterprise_id !== null && adminOf.includes(enterprise_id))
  return { escalations: escalations?.filter(isMine) ?? null, error, connection }
}

function openEscalations(userId: string) {
  return watchEscalations(supabase, userId)
}
