import { Group, Text } from '@mantine/core'
import { type QueueWorker, useQueueOverview } from '../../hooks/admin/use-queue-overview.ts'
import { hearsWords } from '../../words/admin-words.ts'
import { count, shortId } from '../../words/number-words.ts'
import { duration } from '../../words/time-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { LoadBar } from './load-bar.tsx'

const lateSeconds = 20

/** The workers that live, and how much each has in hand. */
export function WorkersTab() {
  const { data, error } = useQueueOverview()
  if (!data && error) return <ErrorNote error={error} title="The workers cannot be read" />
  const most = Math.max(1, ...(data?.workers.map(({ in_flight }) => in_flight) ?? []))
  return (
    <Section title="Alive" about="A worker that has not given a sign of life for a minute is no longer shown.">
      <DataTable
        caption="Workers"
        columns={columnsFor(most)}
        rows={data?.workers}
        keyOf={({ id }) => id}
        empty={
          <EmptyNote title="No worker is alive">
            Tasks wait until one comes. Start a worker (npm run worker), or see in its log why it has ended.
          </EmptyNote>
        }
      />
    </Section>
  )
}

function columnsFor(most: number): Column<QueueWorker>[] {
  return [
    {
      label: 'Worker',
      isWide: true,
      render: ({ id, host }) => (
        <>
          <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
            {host}
          </Text>
          <Text span className="mono" c="dimmed" title={id}>
            {shortId(id)}
          </Text>
        </>
      ),
    },
    { label: 'Version', width: 100, render: ({ version }) => <span className="mono">{version}</span> },
    {
      label: 'Takes',
      width: 150,
      render: ({ kinds }) => (kinds ? kinds.join(', ') : 'every kind'),
    },
    { label: 'Told of tasks by', width: 150, render: ({ hears }) => hearsWords[hears] ?? hears },
    {
      label: 'Last sign of life',
      width: 150,
      isNumber: true,
      render: ({ beat_age_seconds }) => (
        <Text size="sm" {...(beat_age_seconds > lateSeconds && { c: 'red' })}>
          {duration(beat_age_seconds * 1000)} ago
        </Text>
      ),
    },
    {
      label: 'In hand',
      width: 210,
      render: ({ in_flight, idle, slots }) => (
        <>
          <Group gap="sm" wrap="nowrap">
            <Text size="sm" className="tabular">
              {slots == null ? count(in_flight) : `${count(in_flight)} of ${count(slots)}`}
            </Text>
            <LoadBar label={`${count(in_flight)} tasks in hand`} atWork={in_flight} waiting={0} most={slots ?? most} />
          </Group>
          <Text size="xs" c="dimmed">
            {idle ? 'has room for more' : 'has its hands full'}
          </Text>
        </>
      ),
    },
  ]
}
