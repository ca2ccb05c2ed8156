import { Badge, Group, Text, Title, Tooltip } from '@mantine/core'
import { useId } from 'react'
import type { Account, Position } from '../../hooks/portfolio/use-portfolio.ts'
import { rounded } from '../../words/number-words.ts'
import { amount, percent, price } from '../../words/portfolio-words.ts'
import { type Column, DataTable } from '../data-table.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { totalOf, worthOf } from './worth-of.ts'

type Props = { account: Account; total: number; currency: string }

/** An account: what is in it, the largest first, and what that is of everything. */
export function AccountCard({ account, total, currency }: Props) {
  const id = useId()
  const { name, cash, positions } = account
  const rows = positions.toSorted((a, b) => worthOf(b) - worthOf(a))
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" gap="xs" mb="xs" px={2}>
        <Title order={3} id={id} fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Title>
        <Text size="sm" c="dimmed" className="tabular">
          {cash > 0 && `${amount(cash, currency)} cash · `}
          <Text span fw={600} c="var(--mantine-color-text)" inherit>
            {amount(totalOf([account]), currency)}
          </Text>
        </Text>
      </Group>
      <DataTable
        caption={`Positions of ${name}`}
        columns={columnsOf(total, currency)}
        rows={rows}
        keyOf={({ instrument }) => instrument.symbol}
        empty={<EmptyNote title={cash > 0 ? 'Nothing but cash' : 'Nothing in it'} />}
      />
    </section>
  )
}

function columnsOf(total: number, currency: string): Column<Position>[] {
  const share = (position: Position) => (total > 0 ? percent((100 * worthOf(position)) / total) : '–')
  return [
    { label: 'Instrument', isWide: true, render: position => <Instrument position={position} /> },
    { label: 'Quantity', isNumber: true, width: 110, render: ({ quantity }) => rounded(quantity) },
    {
      label: 'Price',
      isNumber: true,
      width: 120,
      render: position => <Price position={position} currency={currency} />,
    },
    { label: 'Value', isNumber: true, width: 120, render: position => amount(worthOf(position), currency) },
    { label: 'Share of all', isNumber: true, width: 110, render: share },
  ]
}

function Instrument({ position: { instrument } }: { position: Position }) {
  const { symbol, name, asset_classes } = instrument
  return (
    <Group gap="4px 10px">
      <span style={{ overflowWrap: 'anywhere' }}>
        <Text span inherit fw={600}>
          {symbol}
        </Text>{' '}
        {name}
      </span>
      {!asset_classes && (
        <Tooltip label="At the next analysis the tagger will say what it consists of.">
          <Badge size="sm" variant="light" color="yellow" tt="none" tabIndex={0}>
            Not classified yet: the tagger will
          </Badge>
        </Tooltip>
      )}
    </Group>
  )
}

function Price({ position: { instrument }, currency }: { position: Position; currency: string }) {
  if (instrument.price === null)
    return (
      <Text span inherit c="dimmed">
        {'not known'}
      </Text>
    )
  return (
    <>
      {price(instrument.price, currency)}
      {instrument.price_source === 'estimate' && (
        <Text span size="xs" c="dimmed">
          {' '}
          estimated
        </Text>
      )}
    </>
  )
}
