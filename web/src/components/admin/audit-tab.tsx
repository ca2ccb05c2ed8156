import { Button, Center, Stack, Text } from '@mantine/core'
import { useAudit } from '../../hooks/admin/use-audit.ts'
import { useStoryAddress } from '../../hooks/admin/use-story-address.ts'
import type { AuditEntry } from '../../hooks/admin/use-task-story.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { actionDetails, actionName } from '../../words/admin-words.ts'
import { shortId } from '../../words/number-words.ts'
import { exactTime } from '../../words/time-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'

/** Who did what, and when. */
export function AuditTab() {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit()
  const columns = useColumns()
  if (!data && error) return <ErrorNote error={error} title="The record cannot be read" />
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Whatever is done to a task by anybody but its user, and each change of pauses, limits and what is kept. The
        database writes it; nobody can change it here.
      </Text>
      <DataTable
        caption="What admins did, the latest first"
        columns={columns}
        rows={data}
        keyOf={({ id }) => String(id)}
        empty={<EmptyNote title="Nothing yet">What admins do from now on is recorded here.</EmptyNote>}
      />
      {hasNextPage && (
        <Center>
          <Button variant="default" size="xs" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show earlier ones
          </Button>
        </Center>
      )}
    </Stack>
  )
}

function useColumns(): Column<AuditEntry>[] {
  const names = useEnterpriseNames()
  const storyAddress = useStoryAddress()
  return [
    { label: 'When', width: 200, render: ({ at }) => <span className="tabular">{exactTime(at)}</span> },
    {
      label: 'Who',
      width: 220,
      render: ({ actor }) => (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {actor}
        </Text>
      ),
    },
    {
      label: 'What',
      isWide: true,
      render: ({ action, details }) => (
        <>
          <Text size="sm" fw={500}>
            {actionName(action)}
          </Text>
          <Text size="xs" c="dimmed">
            {actionDetails(details)}
          </Text>
        </>
      ),
    },
    {
      label: 'Task',
      width: 120,
      render: ({ task_id }) =>
        task_id ? (
          <AddressLink to={storyAddress(task_id)} className="mono">
            {shortId(task_id)}
          </AddressLink>
        ) : (
          '–'
        ),
    },
    {
      label: 'Enterprise',
      width: 140,
      render: ({ enterprise_id }) => (enterprise_id ? (names.get(enterprise_id) ?? shortId(enterprise_id)) : '–'),
    },
  ]
}
