import { availableParallelism, cpus, totalmem } from 'node:os'
import { median } from './stats.ts'

/** A line of the end: a figure with the least or the most that it should be. */
export type Aim = { what: string; value: number; least?: number; most?: number }

export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Figures mean little without the machine. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${memory} GB, Node ${process.version}`
}

/** A table in Markdown that can also be read as it is. */
export function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column]?.length ?? 0)))
  const line = (row: string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)]
}

/** "median [least..most]" in whole numbers. */
export function spread(numbers: number[]): string {
  return `${count(median(numbers))} [${count(Math.min(...numbers))}..${count(Math.max(...numbers))}]`
}

export function count(number: number): string {
  return number < 10 ? String(Number(number.toFixed(1))) : Math.round(number).toLocaleString('en')
}

export function ms(time: number | undefined): string {
  if (time === undefined || Number.isNaN(time)) return '–'
  return time < 100 ? time.toFixed(2) : time.toFixed(0)
}

export function factor(value: number | undefined, base: number): string {
  const ratio = (value ?? Number.NaN) / base
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '–'
}

/** The best figure among all settings of a contestant; NaN when it did not take part. */
export function bestOf(figures: Map<string, number>, contestant: string, which: 'most' | 'least'): number {
  const own = [...figures].filter(([name]) => name.startsWith(`${contestant}, `)).map(([, figure]) => figure)
  if (own.length === 0) return Number.NaN
  return which === 'most' ? Math.max(...own) : Math.min(...own)
}

export function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, key)
}

export function mapOf<T>(groups: Map<string, T>, figure: (group: T) => number): Map<string, number> {
  return new Map([...groups].map(([name, group]) => [name, figure(group)]))
}

/** Says of each aim whether it is reached; those whose rival did not take part are left out. */
export function verdicts(aims: Aim[]): string[] {
  const known = aims.filter(({ value }) => Number.isFinite(value))
  const rows = known.map(({ what, value, least = -Infinity, most = Infinity }) => [
    what,
    value.toFixed(2),
    value >= least && value <= most ? 'reached' : 'NOT reached',
  ])
  return rows.length > 0 ? ['\n## Aims\n', ...table(['', 'figure', ''], rows)] : []
}
