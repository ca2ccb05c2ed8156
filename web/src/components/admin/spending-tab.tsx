import { SegmentedControl, SimpleGrid, Skeleton, Stack } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useSpending } from '../../hooks/admin/use-spending.ts'
import { usePeople } from '../../hooks/use-people.ts'
import type { Rights } from '../../hooks/use-rights.ts'
import { money } from '../../words/money-words.ts'
import { count, shortId } from '../../words/number-words.ts'
import { tokensOf } from '../../words/spending-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { Section } from '../section.tsx'
import { BudgetTable } from './budget-table.tsx'
import { CountTile } from './count-tile.tsx'
import { ModelLimitTable } from './model-limit-table.tsx'
import { UsedTable } from './used-table.tsx'

const SpendingChart = lazy(() =>
  import('./spending-chart.tsx').then(({ SpendingChart }) => ({ default: SpendingChart })),
)

const spans = ['7', '30', '90']

/** What model calls take, day by day and by what; and for platform admins what they may take. */
export function SpendingTab({ rights }: { rights: Rights }) {
  const [days, setDays] = useState('30')
  const { data, error } = useSpending(Number(days))
  const people = usePeople((data?.users ?? []).map(({ user_id }) => user_id))
  if (!data && error) return <ErrorNote error={error} title="The spending cannot be read" />
  const total = data?.total
  return (
    <Stack gap="xl">
      <Section
        title="Spent"
        about={rights.isPlatformAdmin ? 'By everybody.' : 'By you, and by the enterprises that you look after.'}
        actions={
          <SegmentedControl
            size="xs"
            aria-label="How far back"
            data={spans.map(value => ({ value, label: `${value} days` }))}
            value={days}
            onChange={setDays}
          />
        }
      >
        <Stack gap="md">
          <SimpleGrid component="ul" cols={{ base: 2, sm: 4 }} spacing="sm" className="plain-list" aria-label="Totals">
            <CountTile label="Cost" value={total && money(total.cost)}>
              in US dollars
            </CountTile>
            <CountTile label="Tokens" value={total && count(tokensOf(total))}>
              {total && `${count(total.cached_tokens)} of them cached`}
            </CountTile>
            <CountTile label="Model calls" value={total && count(total.requests)}>
              answered
            </CountTile>
            <CountTile label="Without a price" value={total && count(total.unpriced_requests)}>
              calls not in the cost
            </CountTile>
          </SimpleGrid>
          <Suspense fallback={<Skeleton h={360} />}>
            <SpendingChart spending={data} days={Number(days)} />
          </Suspense>
        </Stack>
      </Section>
      <UsedTable title="By kind" rows={data?.kinds} keyOf={({ kind }) => kind} />
      <UsedTable title="By model" rows={data?.models} keyOf={({ model }) => model} />
      <UsedTable
        title="By user"
        rows={data?.users}
        keyOf={({ user_id }) => user_id ?? 'nobody'}
        nameOf={({ user_id }) => (user_id === null ? 'nobody' : (people.get(user_id) ?? `user ${shortId(user_id)}`))}
      />
      {rights.isPlatformAdmin && <BudgetTable />}
      {rights.isPlatformAdmin && <ModelLimitTable />}
    </Stack>
  )
}
