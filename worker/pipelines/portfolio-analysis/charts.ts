import type { Chart } from '../../../shared/portfolio.ts'

/** Percentages that were rounded one by one may miss 100 by this much. */
const ROUNDING = 0.5

/** Says what keeps a chart from being drawn, or undefined. */
export function chartProblem({ kind, unit, labels, values, colors }: Chart): string | undefined {
  const isWhole = kind === 'pie' || kind === 'donut'
  const sum = values.reduce((total, value) => total + value, 0)
  if (values.length !== labels.length || colors.length !== labels.length) {
    return `There are ${labels.length} labels, ${values.length} values and ${colors.length} colors: give one of each.`
  }
  if (new Set(labels).size < labels.length) return 'Two labels are the same: put their values together.'
  if (values.every(value => value === 0)) return 'All values are 0: there is nothing to draw.'
  if (isWhole && values.some(value => value < 0)) return `A ${kind} cannot show values below 0: draw a bar chart.`
  if (isWhole && unit === 'percent' && Math.abs(sum - 100) > ROUNDING) {
    return `The percentages add up to ${Number(sum.toFixed(2))} instead of 100.`
  }
  if (unit === 'percent' && values.some(value => Math.abs(value) > 100)) return 'A percentage is beyond 100.'
  return undefined
}
