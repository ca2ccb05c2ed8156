import { Text } from '@mantine/core'
import type { TaskRow } from '../../hooks/admin/task-rows.ts'
import { useStoryAddress } from '../../hooks/admin/use-story-address.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { shortId } from '../../words/number-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable, type Selection } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { StatusLabel } from '../status-label.tsx'
import { When } from '../when.tsx'
import { TookTime } from './took-time.tsx'

type Props = { tasks: TaskRow[] | undefined; selection: Selection }

/** Tasks, the newest first; each leads to its story. */
export function TaskTable({ tasks, selection }: Props) {
  const names = useEnterpriseNames()
  const storyAddress = useStoryAddress()
  const columns: Column<TaskRow>[] = [
    {
      label: 'Task',
      isWide: true,
      render: task => (
        <AddressLink to={storyAddress(task.id)} className="task-link" c="inherit">
          <Text span size="sm" lineClamp={1} style={{ overflowWrap: 'anywhere' }}>
            {task.prompt ?? task.kind}
          </Text>
          <Text span size="xs" c="dimmed" className="mono" display="block">
            {shortId(task.id)} · {task.kind}
          </Text>
        </AddressLink>
      ),
    },
    {
      label: 'Status',
      width: 130,
      render: ({ status, cancel_requested_at }) => (
        <StatusLabel status={status} isStopping={status === 'processing' && cancel_requested_at !== null} />
      ),
    },
    {
      label: 'For',
      width: 140,
      render: ({ enterprise_id, user_id }) => (
        <>
          <Text size="sm" truncate maw={160}>
            {enterprise_id ? (names.get(enterprise_id) ?? shortId(enterprise_id)) : 'no enterprise'}
          </Text>
          <Text span className="mono" c="dimmed" title={user_id ?? undefined}>
            {user_id ? shortId(user_id) : 'nobody'}
          </Text>
        </>
      ),
    },
    { label: 'Priority', width: 80, isNumber: true, render: ({ priority }) => priority },
    { label: 'Attempt', width: 80, isNumber: true, render: ({ attempt, life }) => attemptOf(attempt, life) },
    { label: 'Submitted', width: 110, render: ({ created_at }) => <When at={created_at} /> },
    { label: 'Took', width: 100, isNumber: true, render: task => <TookTime task={task} /> },
  ]
  return (
    <DataTable
      caption="Tasks, the newest first"
      columns={columns}
      rows={tasks}
      keyOf={({ id }) => id}
      nameOf={({ prompt, id, kind }) => (prompt ?? kind).slice(0, 60) || id}
      selection={selection}
      empty={<EmptyNote title="No such tasks">Nothing fits these filters. Clear one of them to see more.</EmptyNote>}
    />
  )
}

// Beyond the first life: the second attempt of the third life is "3.2".
function attemptOf(attempt: number, life: number): string {
  return life > 1 ? `${life}.${attempt}` : String(attempt)
}
