import type { Decider } from '../../../shared/client/approval-rows.ts'
import { useRights } from './use-rights.ts'
import { useUserId } from './use-user-id.ts'

const everyMs = 60_000

/** Who the signed-in user is to approvals, or null until that is known. */
export function useDecider(): Decider | null {
  const userId = useUserId()
  const { data } = useRights(userId, everyMs)
  return userId !== null && data ? { userId, ...data } : null
}
