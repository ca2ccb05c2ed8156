import '@mantine/charts/styles.css'
import { CompositeChart } from '@mantine/charts'
import { Paper, Text } from '@mantine/core'
import type { Projection } from '../../../../shared/portfolio.ts'
import { amount, axisAmount } from '../../words/portfolio-words.ts'
import { ChartFrame } from '../chart-frame.tsx'
import { NumberTable } from './number-table.tsx'

type Range = [low: number, high: number]
type Year = { age: number; wide: Range; half: Range; middle: number }

const color = 'var(--chart-completed)'
const series = [
  { name: 'wide', label: 'Nine futures of ten', color, type: 'area' },
  { name: 'half', label: 'Every second', color, type: 'area' },
  { name: 'middle', label: 'The one in the middle', color, type: 'line' },
] as const
const legend = [
  { name: 'wide', label: 'Nine futures of ten', color: 'var(--band-wide)' },
  { name: 'half', label: 'Every second future', color: 'var(--band-half)' },
  { name: 'middle', label: 'The one in the middle', color },
]

/** What becomes of the money, year by year, as bands of simulated futures. */
export function ProjectionChart({ projection, currency }: { projection: Projection; currency: string }) {
  const { ages, plan } = projection
  const years = yearsOf(projection)
  return (
    <ChartFrame
      title="What becomes of the money"
      summary={`The balance from ${ages[0]} to ${ages.at(-1)}, in today’s money; from ${plan.retirementAge} on ${amount(plan.income, currency)} a year are taken out.`}
      series={legend}
      height={320}
      table={<BandTable years={years} currency={currency} />}
    >
      <CompositeChart
        h="100%"
        data={years}
        dataKey="age"
        series={[...series]}
        curveType="monotone"
        withDots={false}
        gridAxis="x"
        tickLine="none"
        yAxisProps={{ tickFormatter: value => axisAmount(value, currency), width: 64 }}
        xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 24 }}
        referenceLines={[
          { x: plan.retirementAge, label: 'Retirement', color: 'gray.6', labelPosition: 'insideTopRight' },
        ]}
        areaProps={({ name }) => ({
          isAnimationActive: false,
          stroke: 'none',
          fill: name === 'wide' ? 'var(--band-wide)' : 'var(--band-half)',
          fillOpacity: 1,
        })}
        lineProps={{ isAnimationActive: false }}
        tooltipProps={{
          content: ({ payload }) => <YearNote year={payload?.[0]?.payload as Year | undefined} currency={currency} />,
        }}
      />
    </ChartFrame>
  )
}

function yearsOf({ ages, bands: { p5, p25, p50, p75, p95 } }: Projection): Year[] {
  return ages.map((age, index) => ({
    age,
    wide: [p5[index] ?? 0, p95[index] ?? 0],
    half: [p25[index] ?? 0, p75[index] ?? 0],
    middle: p50[index] ?? 0,
  }))
}

function YearNote({ year, currency }: { year: Year | undefined; currency: string }) {
  if (!year) return null
  const { age, wide, half, middle } = year
  const range = ([low, high]: Range) => `${amount(low, currency)} to ${amount(high, currency)}`
  return (
    <Paper withBorder shadow="sm" p="xs" fz="xs" className="tabular">
      <Text fw={600} size="xs">
        At {age}: {amount(middle, currency)}
      </Text>
      <div>every second future {range(half)}</div>
      <div>nine of ten {range(wide)}</div>
    </Paper>
  )
}

function BandTable({ years, currency }: { years: Year[]; currency: string }) {
  const rows = years.map(({ age, wide: [p5, p95], half: [p25, p75], middle }) => [
    String(age),
    ...[p5, p25, middle, p75, p95].map(value => amount(value, currency)),
  ])
  return (
    <NumberTable
      caption="Balance by age and percentile"
      head={['Age', '5th percentile', '25th', 'Median', '75th', '95th']}
      rows={rows}
    />
  )
}
