import { type Numbers, spoken } from './portfolio-numbers.ts'

const COLORS = ['#1971c2', '#2f9e44', '#f08c00', '#9c36b5', '#e03131', '#0c8599', '#66a80f', '#868e96']
const MOST = COLORS.length

type Rows = [label: string, value: number][]

/** The charts that suit a portfolio: four or five. */
export function chartsOf({
  assetClasses,
  regions,
  sectors,
  holdings,
  accounts,
  cash,
  total,
  drift,
}: Numbers): object[] {
  const shown: Rows = holdings.filter(({ value }) => value > 0).map(({ symbol, value }) => [symbol, value])
  const inAccounts: Rows = accounts.filter(({ value }) => value > 0).map(({ name, value }) => [name, value])
  const drifts: Rows = (drift ?? []).map(({ name, points }) => [spoken(name), points])
  const charts = [
    chart('donut', 'Asset classes', 'What the money is in, cash included.', 'percent', named(assetClasses)),
    chart('horizontal_bar', 'Largest holdings', 'The value of each holding.', 'money', shown),
    chart('pie', 'Regions', 'Where the investments are, cash left aside.', 'percent', named(regions)),
    chart('donut', 'Sectors', 'Which businesses they are in.', 'percent', named(sectors)),
    ...(accounts.length > 1 ? [chart('bar', 'Accounts', 'What each account holds.', 'money', inAccounts)] : []),
    ...(drifts.some(([, points]) => points !== 0)
      ? [chart('bar', 'Drift from the target', 'Percentage points above or below.', 'percent', drifts)]
      : []),
    chart('bar', 'Invested and cash', 'How much is at work.', 'money', [
      ['Invested', total - cash],
      ['Cash', cash],
    ]),
  ].filter(({ values }) => values.some(value => value !== 0))
  return charts.slice(0, 6).map((each, index) => ({ position: index + 1, ...each }))
}

function chart(kind: string, title: string, description: string, unit: string, rows: Rows) {
  const kept = folded(rows)
  const labels = kept.map(([label]) => label)
  const values = kept.map(([, value]) => Math.round(value * 100) / 100)
  return { kind, title, description, unit, labels, values, colors: kept.map((_, index) => COLORS[index] ?? '#868e96') }
}

function named(shares: Record<string, number>): Rows {
  return Object.entries(shares).map(([name, share]) => [spoken(name), share])
}

/** The smaller ones together. */
function folded(rows: Rows): Rows {
  const sorted = rows.toSorted(([, a], [, b]) => b - a)
  if (sorted.length <= MOST) return sorted
  const rest = sorted.slice(MOST - 1)
  return [...sorted.slice(0, MOST - 1), ['All others', rest.reduce((sum, [, value]) => sum + value, 0)]]
}
