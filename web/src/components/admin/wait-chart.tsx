import { LineChart } from '@mantine/charts'
import type { Span, ThroughputBin } from '../../hooks/admin/throughput-bins.ts'
import { axisSeconds, binLength, binName, describeWaits, seconds } from '../../words/chart-words.ts'
import { ChartFrame } from '../chart-frame.tsx'
import { BinTable } from './bin-table.tsx'

const series = [
  { name: 'wait', label: 'Waited', color: 'var(--chart-retried)' },
  { name: 'run', label: 'Ran', color: 'var(--chart-completed)' },
] as const

const numbers = Object.fromEntries(series.map(({ name, label }) => [label, (bin: ThroughputBin) => seconds(bin[name])]))

/** How long tasks had waited and run when they ended, over time. */
export function WaitChart({ span, bins }: { span: Span; bins: ThroughputBin[] | undefined }) {
  return (
    <ChartFrame
      title={`Mean wait and run per ${binLength(span)}`}
      series={series}
      summary={bins && describeWaits(bins)}
      table={bins && <BinTable bins={bins} columns={numbers} />}
    >
      {bins && (
        <LineChart
          h="100%"
          data={bins.map(bin => ({ ...bin, time: binName(bin) }))}
          dataKey="time"
          series={[...series]}
          curveType="monotone"
          connectNulls
          gridAxis="x"
          tickLine="none"
          dotProps={{ r: 2 }}
          valueFormatter={value => seconds(value)}
          xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 40 }}
          yAxisProps={{ width: 76, tickFormatter: axisSeconds }}
          lineProps={{ isAnimationActive: false }}
        />
      )}
    </ChartFrame>
  )
}
