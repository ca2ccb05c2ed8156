import { ASSET_CLASSES } from '../../../shared/portfolio.ts'
import type { Portfolio, Position, Tagged } from './portfolio.ts'

/** Shares of the holdings that are named one by one; agents need no longer list. */
const MOST_HOLDINGS = 25

/** Percentages by name. */
export type Shares = Record<string, number>

/** All that agents are told of a portfolio. Money in `currency`, shares in percent, rounded so that they add up to 100. */
export type Numbers = ReturnType<typeof numbersOf>

export function numbersOf({ accounts, preferences }: Portfolio) {
  const positions = accounts.flatMap(account => account.positions)
  const cash = sum(accounts.map(account => account.cash))
  const total = cash + sum(positions.map(worthOf))
  const holdings = holdingsOf(positions, total)
  const assetClasses = mix(positions, 'assetClasses', cash)
  return {
    currency: preferences?.currency ?? 'USD',
    total: cents(total),
    cash: cents(cash),
    accounts: accounts.map(({ name, cash, positions }) => {
      const value = cash + sum(positions.map(worthOf))
      return { name, value: cents(value), share: percent(value, total), positions: positions.length }
    }),
    holdings: holdings.slice(0, MOST_HOLDINGS),
    holdingsLeftOut: Math.max(0, holdings.length - MOST_HOLDINGS),
    assetClasses: rounded(assetClasses),
    /** Without the cash of the accounts, which is nowhere. */
    regions: rounded(mix(positions, 'regions')),
    sectors: rounded(mix(positions, 'sectors')),
    concentration: concentrationOf(holdings.map(holding => holding.share)),
    drift: preferences?.target ? driftOf(assetClasses, preferences.target, total) : null,
  }
}

/** What a position is worth; nothing while no price is known. */
export function worthOf({ quantity, price }: Pick<Position, 'quantity' | 'price'>): number {
  return quantity * (price ?? 0)
}

/**
 * The shares of one group over all positions, weighted by value.
 * @param cash of the accounts, which counts as the asset class of that name. Empty when all is worth nothing.
 */
export function mix(positions: Position[], group: keyof Tagged, cash = 0): Shares {
  const shares: Shares = {}
  const total = cash + sum(positions.map(worthOf))
  if (total <= 0) return shares
  for (const position of positions) {
    for (const [name, share] of Object.entries(position[group] ?? {})) {
      shares[name] = (shares[name] ?? 0) + (share * worthOf(position)) / total
    }
  }
  if (cash > 0) shares.cash = (shares.cash ?? 0) + (100 * cash) / total
  return shares
}

/**
 * How far the asset classes are from what is wanted, in percentage points above (+) or below (−), and the money that
 * would have to be moved there (+) or away (−). The largest first.
 */
export function driftOf(actual: Shares, target: Shares, total: number) {
  const names = ASSET_CLASSES.filter(name => (actual[name] ?? 0) > 0 || (target[name] ?? 0) > 0)
  const rows = names.map(name => {
    const [is, wanted] = [actual[name] ?? 0, target[name] ?? 0]
    return {
      name,
      actual: tenth(is),
      target: tenth(wanted),
      points: tenth(is - wanted),
      toMove: cents(((wanted - is) / 100) * total),
    }
  })
  return rows.sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
}

/**
 * How much hangs on few holdings.
 *
 * `herfindahl` is the Herfindahl–Hirschman index, the sum of the squared percentages: 10,000 for a single holding; and
 * `effectiveHoldings`, its inverse, the number of equal holdings that would be as concentrated (U.S. Department of Justice,
 * Herfindahl–Hirschman Index).
 *
 * @param shares of the holdings in percent, the largest first; cash is none.
 */
export function concentrationOf(shares: number[]) {
  const invested = sum(shares)
  const herfindahl = sum(shares.map(share => (invested > 0 ? ((100 * share) / invested) ** 2 : 0)))
  return {
    largest: tenth(shares[0] ?? 0),
    topFive: tenth(sum(shares.slice(0, 5))),
    herfindahl: Math.round(herfindahl),
    effectiveHoldings: herfindahl > 0 ? tenth(10_000 / herfindahl) : 0,
  }
}

/** Rounds shares to a tenth such that they add up to 100 still: the largest remainders are rounded up. */
export function rounded(shares: Shares): Shares {
  const rows = Object.entries(shares).filter(([, share]) => share > 0)
  const floors = rows.map(([name, share]) => ({ name, tenths: Math.floor(share * 10 + 1e-9), rest: (share * 10) % 1 }))
  let missing = rows.length > 0 ? 1000 - sum(floors.map(row => row.tenths)) : 0
  for (const row of [...floors].sort((a, b) => b.rest - a.rest)) {
    if (missing <= 0) break
    row.tenths += 1
    missing -= 1
  }
  const kept = floors.filter(row => row.tenths > 0).sort((a, b) => b.tenths - a.tenths)
  return Object.fromEntries(kept.map(({ name, tenths }) => [name, tenths / 10]))
}

/** The same instrument in several accounts is one holding. */
function holdingsOf(positions: Position[], total: number) {
  const values = new Map<string, { symbol: string; name: string; kind: string; value: number }>()
  for (const position of positions) {
    const { symbol, name, kind } = position
    const value = (values.get(symbol)?.value ?? 0) + worthOf(position)
    values.set(symbol, { symbol, name, kind, value })
  }
  const sorted = [...values.values()].sort((a, b) => b.value - a.value || a.symbol.localeCompare(b.symbol))
  return sorted.map(row => ({ ...row, value: cents(row.value), share: percent(row.value, total) }))
}

function percent(part: number, total: number): number {
  return total > 0 ? tenth((100 * part) / total) : 0
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

function cents(value: number): number {
  return Math.round(value * 100) / 100
}
