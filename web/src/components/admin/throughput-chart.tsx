import { BarChart } from '@mantine/charts'
import type { Span, ThroughputBin } from '../../hooks/admin/throughput-bins.ts'
import { binLength, binName, describeThroughput } from '../../words/chart-words.ts'
import { count } from '../../words/number-words.ts'
import { ChartFrame } from '../chart-frame.tsx'
import { BinTable } from './bin-table.tsx'

const series = [
  { name: 'completed', label: 'Completed', color: 'var(--chart-completed)' },
  { name: 'failed', label: 'Failed', color: 'var(--chart-failed)' },
  { name: 'cancelled', label: 'Cancelled', color: 'var(--chart-cancelled)' },
  { name: 'retried', label: 'Tried again', color: 'var(--chart-retried)' },
] as const

const numbers = Object.fromEntries(series.map(({ name, label }) => [label, (bin: ThroughputBin) => count(bin[name])]))

/** How many attempts ended in what way, over time. */
export function ThroughputChart({ span, bins }: { span: Span; bins: ThroughputBin[] | undefined }) {
  return (
    <ChartFrame
      title={`Tasks per ${binLength(span)}`}
      series={series}
      summary={bins && describeThroughput(bins, span)}
      table={bins && <BinTable bins={bins} columns={numbers} />}
    >
      {bins && (
        <BarChart
          h="100%"
          type="stacked"
          data={bins.map(bin => ({ ...bin, time: binName(bin) }))}
          dataKey="time"
          series={[...series]}
          gridAxis="x"
          tickLine="none"
          valueFormatter={count}
          xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 40 }}
          yAxisProps={{ allowDecimals: false, width: 44 }}
          barProps={{ isAnimationActive: false }}
        />
      )}
    </ChartFrame>
  )
}
