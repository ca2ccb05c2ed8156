import { Button, Switch, Text } from '@mantine/core'
import { useState } from 'react'
import { kinds as known } from '../../../../shared/kinds.ts'
import { useLimits } from '../../hooks/admin/use-limits.ts'
import type { QueueKind } from '../../hooks/admin/use-queue-overview.ts'
import { count } from '../../words/number-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'
import { When } from '../when.tsx'
import { LimitDialog } from './limit-dialog.tsx'

/** The kinds of tasks: which are paused, and how many of each may be at work. */
export function KindTable({ kinds }: { kinds: QueueKind[] | undefined }) {
  const { pauseKind, limitKind, isBusy } = useLimits()
  const [edited, edit] = useState<QueueKind | null>(null)
  const columns: Column<QueueKind>[] = [
    {
      label: 'Kind',
      isWide: true,
      render: ({ kind, paused_at }) => (
        <>
          <Text size="sm" fw={500}>
            {kind}
          </Text>
          {paused_at && (
            <Text size="xs" c="dimmed">
              paused <When at={paused_at} />
            </Text>
          )}
        </>
      ),
    },
    { label: 'At work', width: 110, isNumber: true, render: ({ at_work }) => count(at_work) },
    {
      label: 'At most',
      width: 110,
      isNumber: true,
      render: ({ max_running }) => (max_running === null ? 'no limit' : count(max_running)),
    },
    {
      label: 'State',
      width: 150,
      render: ({ kind, paused_at }) => (
        <Switch
          aria-label={`Workers take “${kind}”`}
          label={paused_at ? 'Paused' : 'Active'}
          checked={paused_at === null}
          disabled={isBusy}
          onChange={event => void pauseKind(kind, !event.currentTarget.checked)}
        />
      ),
    },
    {
      label: 'Change',
      width: 110,
      render: kind => (
        <Button size="xs" variant="default" aria-label={`Limit ${kind.kind}`} onClick={() => edit(kind)}>
          Limit…
        </Button>
      ),
    },
  ]
  return (
    <Section title="Kinds" about="What is paused waits, and what runs goes on. A limit holds for all tenants together.">
      <DataTable
        caption="Kinds of tasks"
        columns={columns}
        rows={kinds && withIdle(kinds)}
        keyOf={({ kind }) => kind}
        empty={<EmptyNote title="No kinds yet">A kind shows here once a task of it was submitted.</EmptyNote>}
      />
      <LimitDialog
        what={edited && { name: `“${edited.kind}”`, max_running: edited.max_running }}
        isBusy={isBusy}
        close={() => edit(null)}
        save={async ({ cap }) => {
          if (edited && (await limitKind(edited, cap))) edit(null)
        }}
      />
    </Section>
  )
}

// A kind of which no task has come yet, or none for long, can be paused and limited, too.
function withIdle(kinds: QueueKind[]): QueueKind[] {
  const idle = Object.keys(known).filter(name => !kinds.some(({ kind }) => kind === name))
  return [...kinds, ...idle.map(kind => ({ kind, paused_at: null, max_running: null, at_work: 0 }))]
}
