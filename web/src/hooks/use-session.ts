import type { Session } from '@supabase/supabase-js'
import { useSyncExternalStore } from 'react'
import { supabase } from '../supabase.ts'

let session: Session | null | undefined
const listeners = new Set<() => void>()

// Once for the page: so everything in it knows at once who is signed in.
supabase.auth.onAuthStateChange((_event, next) => {
  session = next
  for (const listener of listeners) listener()
})

/** Who is signed in: null for nobody, undefined until that is known. */
export function useSession(): Session | null | undefined {
  return useSyncExternalStore(subscribe, () => session)
}

/** Who is signed in just now; for code that is no component. */
export function sessionNow(): Session | null {
  return session ?? null
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
