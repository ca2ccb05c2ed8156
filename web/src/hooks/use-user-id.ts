import { useSession } from './use-session.ts'

/** The signed-in user, or null until that is known. */
export function useUserId(): string | null {
  return useSession()?.user.id ?? null
}
