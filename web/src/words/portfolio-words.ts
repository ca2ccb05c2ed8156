import type { Preferences } from '../hooks/portfolio/use-portfolio.ts'
import { rounded } from './number-words.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** Money without cents: "€208,114". */
export function amount(value: number, currency: string): string {
  return formatOf(currency, { maximumFractionDigits: 0 }).format(value)
}

/** A price of one unit: "€18.35". */
export function price(value: number, currency: string): string {
  return formatOf(currency, { maximumFractionDigits: 2 }).format(value)
}

/** Money at the axis of a chart, as short as can be: "€1.2M". */
export function axisAmount(value: number, currency: string): string {
  return formatOf(currency, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** "38.2 %", never broken in two. */
export function percent(value: number): string {
  return `${rounded(value)}\u00a0%`
}

/** The plan for the time after work, in a sentence; at the age in this year. */
export function planWords(plan: Preferences, year: number): string {
  const { birth_year, retirement_age, plan_until_age, annual_contribution, annual_income, currency } = plan
  const saving = `saving ${amount(annual_contribution, currency)} a year`
  return `${year - birth_year} now, ${saving} until ${retirement_age}, then ${amount(annual_income, currency)} a year until ${plan_until_age}.`
}

function formatOf(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${currency} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.NumberFormat('en', { style: 'currency', currency, ...options })
  formats.set(key, known)
  return known
}
