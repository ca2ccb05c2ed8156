import { Text } from '@mantine/core'
import { type Approval, presentArguments } from '../../../../shared/client/approval-rows.ts'
import { addressOf } from '../../hooks/use-address.ts'
import { usePeople } from '../../hooks/use-people.ts'
import { outcomeOf, peopleIn } from '../../words/approval-words.ts'
import { inOneLine } from '../../words/json-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { When } from '../when.tsx'

type Props = { approvals: readonly Approval[] | undefined; userId: string | null }

/** What was asked and is decided, or has come to nothing. */
export function ClosedApprovals({ approvals, userId }: Props) {
  const people = usePeople((approvals ?? []).flatMap(peopleIn))
  const columns: Column<Approval>[] = [
    {
      label: 'Tool',
      isWide: true,
      render: approval => (
        <>
          <AddressLink to={addressOf({ task: approval.task_id })} fz="sm" fw={500}>
            {approval.tool_name}
          </AddressLink>
          <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {inOneLine(presentArguments(approval))}
          </Text>
        </>
      ),
    },
    {
      label: 'Outcome',
      width: '38%',
      render: approval => (
        <>
          <Text size="sm">{outcomeOf(approval, userId, people)}</Text>
          {approval.reason && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              “{approval.reason}”
            </Text>
          )}
        </>
      ),
    },
    {
      label: 'When',
      width: 130,
      render: ({ decided_at, expires_at, created_at }) => <When at={decided_at ?? expires_at ?? created_at} />,
    },
  ]
  return (
    <DataTable
      caption="Decided"
      columns={columns}
      rows={approvals}
      keyOf={({ id }) => id}
      empty={<EmptyNote title="Nothing was decided yet" />}
    />
  )
}
