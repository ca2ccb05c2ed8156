import { Stack } from '@mantine/core'
import { type Approval, type Decider, isOpen } from '../../../shared/client/approval-rows.ts'
import { useNow } from '../hooks/use-now.ts'
import { ApprovalCard } from './approvals/approval-card.tsx'

const everyMs = 10_000

/** What a task asks of people just now. */
export function TaskApprovals({ approvals, decider }: { approvals: readonly Approval[]; decider: Decider | null }) {
  const now = useNow(everyMs)
  const open = approvals.filter(approval => isOpen(approval, now))
  if (open.length === 0) return null
  return (
    <Stack gap="md">
      {open.map(approval => (
        <ApprovalCard key={approval.id} approval={approval} decider={decider} isInTask />
      ))}
    </Stack>
  )
}
