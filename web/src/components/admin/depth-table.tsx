import { tabAddress } from '../../hooks/admin/use-admin-tab.ts'
import type { QueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { count } from '../../words/number-words.ts'
import { statusName } from '../../words/status-words.ts'
import { AddressLink } from '../address-link.tsx'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'

const statuses = ['pending', 'processing', 'scheduled', 'waiting', 'completed', 'failed', 'cancelled'] as const

type DepthRow = { kind: string; tasks: Map<string, number> }

const columns: Column<DepthRow>[] = [
  {
    label: 'Kind',
    isWide: true,
    render: ({ kind }) => <AddressLink to={tabAddress('tasks', { kind })}>{kind}</AddressLink>,
  },
  ...statuses.map(status => ({
    label: statusName[status],
    isNumber: true,
    render: ({ tasks }: DepthRow) => count(tasks.get(status) ?? 0),
  })),
]

/** How many tasks of each kind are in each state. */
export function DepthTable({ depth }: { depth: QueueOverview['depth'] | undefined }) {
  const byKind = depth && Map.groupBy(depth, ({ kind }) => kind)
  const rows =
    byKind &&
    [...byKind].map(([kind, counts]) => ({ kind, tasks: new Map(counts.map(({ status, tasks }) => [status, tasks])) }))
  return (
    <Section title="By kind and status" about="Open ones now, and those that ended within a day.">
      <DataTable
        caption="How many tasks of each kind are in each state"
        columns={columns}
        rows={rows}
        keyOf={({ kind }) => kind}
        empty={<EmptyNote title="No tasks yet">The first task that anybody submits shows here.</EmptyNote>}
      />
    </Section>
  )
}
