import { Button } from '@mantine/core'
import type { DeadLetter } from '../../hooks/admin/use-dead-letters.ts'
import { count } from '../../words/number-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'
import { When } from '../when.tsx'

type Group = { kind: string; code: string; letters: DeadLetter[] }

/** The dead letters shown below, by kind and error: what failed for one reason is often mended together. */
export function DeadLetterGroups({ letters, retry }: { letters: DeadLetter[]; retry: (taskIds: string[]) => void }) {
  const groups = [...Map.groupBy(letters, ({ kind, code }) => `${kind} ${code}`).values()]
    .flatMap(([first, ...rest]) => (first ? { kind: first.kind, code: first.code, letters: [first, ...rest] } : []))
    .toSorted((a, b) => b.letters.length - a.letters.length)
  const columns: Column<Group>[] = [
    { label: 'Error', isWide: true, render: ({ code }) => <span className="mono">{code}</span> },
    { label: 'Kind', width: 160, render: ({ kind }) => kind },
    { label: 'Tasks', width: 90, isNumber: true, render: group => count(group.letters.length) },
    { label: 'Latest', width: 110, render: group => <When at={group.letters[0]?.failed_at ?? ''} /> },
    {
      label: 'What to do',
      width: 130,
      render: group => (
        <Button size="xs" variant="default" onClick={() => retry(group.letters.map(({ task_id }) => task_id))}>
          Retry all {count(group.letters.length)}
        </Button>
      ),
    },
  ]
  return (
    <Section title="By reason" about="Once the reason is gone, start these again together.">
      <DataTable
        caption="Dead letters by kind and error"
        columns={columns}
        rows={groups}
        keyOf={({ kind, code }) => `${kind} ${code}`}
        empty={<EmptyNote title="No dead letters" />}
      />
    </Section>
  )
}
