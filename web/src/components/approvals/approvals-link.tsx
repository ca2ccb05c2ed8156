import { ActionIcon, Indicator } from '@mantine/core'
import { addressOf } from '../../hooks/use-address.ts'
import { useApprovals } from '../../hooks/useApprovals.ts'
import { IconApproval } from '../../icons.ts'
import { follow } from '../address-link.tsx'

const to = addressOf({ page: 'approvals' })

/** The way to the approvals, with the number of those that wait for the user. */
export function ApprovalsLink() {
  const waiting = useApprovals().mine.length
  return (
    <Indicator label={waiting} size={17} disabled={waiting === 0} color="red.8" offset={6} fw={600}>
      <ActionIcon
        component="a"
        href={to}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={waiting === 0 ? 'Approvals' : `Approvals: ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for you`}
        onClick={event => follow(event, to)}
      >
        <IconApproval size={18} />
      </ActionIcon>
    </Indicator>
  )
}
