import { Text } from '@mantine/core'
import type { Approval } from '../../../../shared/client/approval-rows.ts'
import type { People } from '../../hooks/use-people.ts'
import { personName } from '../../words/approval-words.ts'
import { When } from '../when.tsx'

type Props = { approval: Approval; userId: string | null; people: People }

/** What has been said on an approval so far, in order. */
export function DecisionList({ approval: { decisions }, userId, people }: Props) {
  if (decisions.length === 0) return null
  return (
    <ul className="plain-list" aria-label="What was said so far">
      {decisions.map(({ id, decision, user_id, reason, edited_arguments, decided_at }) => (
        <li key={id}>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {decision === 'approve' ? 'Approved' : 'Rejected'} by {personName(user_id, userId, people)}
            {edited_arguments !== null && ', with changed arguments'} · <When at={decided_at} />
            {reason && ` · “${reason}”`}
          </Text>
        </li>
      ))}
    </ul>
  )
}
