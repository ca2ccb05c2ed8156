import '@mantine/charts/styles.css'
import { BarChart, DonutChart, PieChart } from '@mantine/charts'
import { Center } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { Chart } from '../../../../shared/portfolio.ts'
import { amount, axisAmount, percent } from '../../words/portfolio-words.ts'
import { ChartFrame } from '../chart-frame.tsx'
import { NumberTable } from './number-table.tsx'

type Part = { name: string; value: number; color: string }
type Props = { chart: Chart; currency: string }

const barPx = 34

/** A chart as the charter wants it, with its numbers on demand. */
export function AnalysisChart({ chart, currency }: Props) {
  const { kind, title, description, unit, labels, values, colors } = chart
  const format = (value: number) => (unit === 'money' ? amount(value, currency) : percent(value))
  const parts = labels.map((name, index) => ({
    name,
    value: values[index] ?? 0,
    color: colors[index] ?? 'var(--waiting)',
  }))
  const isRound = kind === 'pie' || kind === 'donut'
  return (
    <ChartFrame
      title={title}
      summary={description}
      series={isRound ? parts.map(({ name, value, color }) => legend(name, format(value), color)) : []}
      height={kind === 'horizontal_bar' ? Math.max(220, parts.length * barPx + 40) : 240}
      table={
        <NumberTable
          caption={title}
          head={['', unit === 'money' ? currency : '%']}
          rows={parts.map(({ name, value }) => [name, format(value)])}
        />
      }
    >
      {isRound ? (
        <Round kind={kind} parts={parts} format={format} />
      ) : (
        <Bars kind={kind} parts={parts} format={format} axis={unit === 'money' ? currency : null} />
      )}
    </ChartFrame>
  )
}

function legend(name: string, value: string, color: string) {
  return { name, label: `${name} ${value}`, color }
}

function Round({ kind, parts, format }: { kind: Chart['kind']; parts: Part[]; format: (value: number) => string }) {
  const Shape = kind === 'donut' ? DonutChart : PieChart
  return (
    <Center h="100%">
      <Shape
        data={parts}
        size={210}
        strokeWidth={2}
        withTooltip
        tooltipDataSource="segment"
        valueFormatter={format}
        pieProps={{ isAnimationActive: false }}
        {...(kind === 'donut' && { thickness: 34, withLabels: false })}
      />
    </Center>
  )
}

type BarsProps = { kind: Chart['kind']; parts: Part[]; format: (value: number) => string; axis: string | null }

function Bars({ kind, parts, format, axis }: BarsProps) {
  const isLying = kind === 'horizontal_bar'
  const isNarrow = useMediaQuery('(width < 48em)')
  const short = (value: number) => (axis ? axisAmount(value, axis) : percent(value))
  const values = { tickFormatter: short, width: 64 }
  return (
    <BarChart
      h="100%"
      data={parts}
      dataKey="name"
      orientation={isLying ? 'vertical' : 'horizontal'}
      series={[{ name: 'value', color: 'var(--chart-completed)' }]}
      gridAxis={isLying ? 'y' : 'x'}
      tickLine="none"
      valueFormatter={format}
      withBarValueLabel
      valueLabelProps={{ formatter: value => short(Number(value)), fontSize: 11 }}
      barProps={{ isAnimationActive: false, radius: 3 }}
      maxBarWidth={44}
      xAxisProps={isLying ? { tickFormatter: short } : namesAxis(parts, isNarrow ? 36 : 56)}
      yAxisProps={isLying ? { width: Math.min(150, 24 + 7 * longest(parts)), interval: 0 } : values}
      barChartProps={{ margin: isLying ? { right: 44 } : { top: 20 } }}
    />
  )
}

// Names that would run into each other, in a row of `room` letters, stand aslant.
function namesAxis(parts: Part[], room: number) {
  const axis = { interval: 0, fontSize: 11 } as const
  return parts.length * longest(parts) < room ? axis : ({ ...axis, angle: -28, textAnchor: 'end', height: 62 } as const)
}

function longest(parts: Part[]): number {
  return Math.max(...parts.map(({ name }) => name.length))
}
