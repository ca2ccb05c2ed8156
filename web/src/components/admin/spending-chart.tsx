import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { Table } from '@mantine/core'
import type { Spending } from '../../hooks/admin/use-spending.ts'
import { money } from '../../words/money-words.ts'
import { count } from '../../words/number-words.ts'
import { dayName, describeSpending, tokensOf } from '../../words/spending-words.ts'
import { ChartFrame } from '../chart-frame.tsx'

const series = [{ name: 'cost', label: 'Cost', color: 'var(--chart-completed)' }] as const
const dayMs = 86_400_000

/** What each day cost. */
export function SpendingChart({ spending, days }: { spending: Spending | undefined; days: number }) {
  const rows = spending && everyDay(spending, days)
  return (
    <ChartFrame
      title="Cost per day"
      series={series}
      summary={spending && describeSpending(spending.total, days)}
      table={spending && <DayTable days={spending.days} />}
    >
      {rows && (
        <BarChart
          h="100%"
          data={rows}
          dataKey="name"
          series={[...series]}
          gridAxis="x"
          tickLine="none"
          valueFormatter={money}
          xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 40 }}
          yAxisProps={{ width: 64 }}
          barProps={{ isAnimationActive: false, maxBarSize: 36 }}
        />
      )}
    </ChartFrame>
  )
}

// Days without any call have no row, but their place in time. Days are those of UTC.
function everyDay({ days: known }: Spending, days: number): { name: string; cost: number }[] {
  const costs = new Map(known.map(({ day, cost }) => [day, cost]))
  const today = Math.floor(Date.now() / dayMs)
  return Array.from({ length: days }, (_, index) => {
    const day = new Date((today - days + 1 + index) * dayMs).toISOString().slice(0, 10)
    return { name: dayName(day), cost: costs.get(day) ?? 0 }
  })
}

function DayTable({ days }: { days: Spending['days'] }) {
  return (
    <Table stickyHeader className="tabular" verticalSpacing={4} fz="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Day (UTC)</Table.Th>
          <Table.Th ta="right">Model calls</Table.Th>
          <Table.Th ta="right">Tokens</Table.Th>
          <Table.Th ta="right">Cost</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {days.toReversed().map(day => (
          <Table.Tr key={day.day}>
            <Table.Th scope="row" fw={400}>
              {dayName(day.day)}
            </Table.Th>
            <Table.Td ta="right">{count(day.requests)}</Table.Td>
            <Table.Td ta="right">{count(tokensOf(day))}</Table.Td>
            <Table.Td ta="right">{money(day.cost)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
