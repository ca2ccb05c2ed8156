import { useMemo } from 'react'
import { type Approval, isOpen, mayDecide } from '../../../shared/client/approval-rows.ts'
import { emptyApprovalsView, watchApprovals } from '../../../shared/client/watch-approvals.ts'
import { supabase } from '../supabase.ts'
import { useDecider } from './use-decider.ts'
import { useFeed } from './use-feed.ts'
import { useNow } from './use-now.ts'
import { useUserId } from './use-user-id.ts'

const none: readonly Approval[] = []
const everyMs = 10_000

/**
 * The tool calls that wait for consent, as far as the signed-in user may see them, live: `mine` are those that the user may
 * decide, `others` wait for somebody else, `closed` are the latest that wait no more. `isKnown` tells when they were read.
 */
export function useApprovals() {
  const { approvals, connection, error } = useFeed({
    key: useUserId(),
    open: openApprovals,
    empty: emptyApprovalsView,
  })
  const decider = useDecider()
  const now = useNow(everyMs)
  return useMemo(() => {
    const all = approvals ?? none
    const open = all.filter(approval => isOpen(approval, now))
    const isMine = (approval: Approval) => decider !== null && mayDecide(approval, decider)
    return {
      mine: open.filter(isMine),
      others: open.filter(approval => !isMine(approval)),
      closed: all.filter(approval => !isOpen(approval, now)),
      decider,
      isKnown: approvals !== null && decider !== null,
      connection,
      error,
    }
  }, [approvals, decider, now, connection, error])
}

function openApprovals(userId: string) {
  return watchApprovals(supabase, userId)
}
