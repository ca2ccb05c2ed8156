import { type Span, spans, type ThroughputBin } from '../hooks/admin/throughput-bins.ts'
import { count, rounded } from './number-words.ts'
import { clockTime, duration } from './time-words.ts'

/** The stretches of time, by name. */
export const spanNames: Record<Span, string> = { '1h': '1 hour', '6h': '6 hours', '24h': '24 hours' }

/** A bin by the time of its beginning: "12:05". */
export function binName({ at }: ThroughputBin): string {
  return clockTime(new Date(at).toISOString())
}

/** What a bar of the throughput chart stands for: "a minute", "5 minutes". */
export function binLength(span: Span): string {
  const { binMinutes } = spans[span]
  return binMinutes === 1 ? 'minute' : `${binMinutes} minutes`
}

/** What the throughput chart shows, in a sentence. */
export function describeThroughput(bins: readonly ThroughputBin[], span: Span): string {
  const total = (name: 'completed' | 'failed' | 'cancelled' | 'retried') =>
    bins.reduce((sum, bin) => sum + bin[name], 0)
  return `In the last ${spanNames[span].replace(/^1 /, '')}: ${count(total('completed'))} completed, ${count(total('failed'))} failed, ${count(total('cancelled'))} cancelled, ${count(total('retried'))} to be tried again.`
}

/** What the wait chart shows, in a sentence. */
export function describeWaits(bins: readonly ThroughputBin[]): string {
  const last = bins.findLast(({ wait }) => wait !== null)
  if (!last) return 'Nothing ended in this time.'
  return `Last, at ${binName(last)}: ${seconds(last.wait)} from submission to start, ${seconds(last.run)} from start to end.`
}

/** Seconds of a chart: "0.8 s", "3 min 5 s"; a dash where there are none. */
export function seconds(value: number | null): string {
  return value === null ? '–' : duration(value * 1000)
}

/** Seconds at the axis of a chart, as short as can be: "15 s", "1.5 min". */
export function axisSeconds(value: number): string {
  if (value < 60) return `${rounded(value)} s`
  return value < 3_600 ? `${rounded(value / 60)} min` : `${rounded(value / 3_600)} h`
}
