import { Text } from '@mantine/core'
import type { Approval } from '../../../../shared/client/approval-rows.ts'
import { usePeople } from '../../hooks/use-people.ts'
import { IconApproval } from '../../icons.ts'
import { outcomeOf, peopleIn } from '../../words/approval-words.ts'
import { When } from '../when.tsx'
import { Line } from './line.tsx'

const tones = { open: 'alarm', approved: 'good', rejected: 'bad', expired: 'bad', void: 'quiet' } as const

/** Says that a tool call needed consent, and what came of it. */
export function ApprovalLine({ approval, userId }: { approval: Approval; userId: string | null }) {
  const { status, tool_name, reason, decided_at, edited_arguments } = approval
  const people = usePeople(peopleIn(approval))
  return (
    <Line sign={<IconApproval size={14} />} tone={tones[status]}>
      <Text size="sm">
        <b>{tool_name}</b> needs consent:{' '}
        {status === 'open' ? 'waiting for a decision' : outcomeOf(approval, userId, people)}
        {decided_at && (
          <Text span size="xs" c="dimmed">
            {' '}
            · <When at={decided_at} />
          </Text>
        )}
      </Text>
      {edited_arguments !== null && (
        <Text size="xs" c="dimmed">
          The arguments were changed.
        </Text>
      )}
      {reason && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          “{reason}”
        </Text>
      )}
    </Line>
  )
}
