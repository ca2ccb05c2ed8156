import { Text } from '@mantine/core'
import type { Used } from '../../hooks/admin/use-spending.ts'
import { money } from '../../words/money-words.ts'
import { count } from '../../words/number-words.ts'
import { tokensOf } from '../../words/spending-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { Section } from '../section.tsx'

type Props<Row> = {
  title: string
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  nameOf?: (row: Row) => string
}

/** Who or what spent how much, the most first. */
export function UsedTable<Row extends Used>({ title, rows, keyOf, nameOf = keyOf }: Props<Row>) {
  const columns: Column<Row>[] = [
    {
      label: 'Name',
      isWide: true,
      render: row => (
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {nameOf(row)}
        </Text>
      ),
    },
    { label: 'Model calls', width: 130, isNumber: true, render: ({ requests }) => count(requests) },
    { label: 'Tokens', width: 150, isNumber: true, render: row => count(tokensOf(row)) },
    {
      label: 'Cost',
      width: 150,
      isNumber: true,
      render: ({ cost, requests, unpriced_requests }) =>
        unpriced_requests === requests ? 'not known' : `${unpriced_requests > 0 ? '≥ ' : ''}${money(cost)}`,
    },
  ]
  return (
    <Section title={title}>
      <DataTable
        caption={`Spent ${title.toLowerCase()}`}
        columns={columns}
        rows={rows}
        keyOf={keyOf}
        empty={<EmptyNote title="Nothing was spent in this time" />}
      />
    </Section>
  )
}
