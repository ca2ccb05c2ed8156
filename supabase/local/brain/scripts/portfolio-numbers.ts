import type { Scene } from '../scene.ts'

type Shares = Record<string, number>

/** What the specialists' instructions hold: a part of what the worker writes there. */
export type Numbers = {
  currency: string
  total: number
  cash: number
  accounts: { name: string; value: number; share: number }[]
  holdings: { symbol: string; name: string; kind: string; value: number; share: number }[]
  holdingsLeftOut: number
  assetClasses: Shares
  regions: Shares
  sectors: Shares
  concentration: { largest: number; topFive: number; effectiveHoldings: number }
  drift: { name: string; actual: number; target: number; points: number; toMove: number }[] | null
}

export type Projection = {
  successRate: number
  sustainableIncome: number
  medianAgeOfRuin: number | null
  plan: { start: number; age: number; retirementAge: number; untilAge: number; contribution: number; income: number }
  assumptions: { mean: number; volatility: number; inflation: number; paths: number }
  balances: { age: number; p5: number; p50: number; p95: number }[]
}

export function numbersIn(scene: Scene): Numbers {
  return within(scene, 'numbers')
}

export function projectionIn(scene: Scene): Projection {
  return within(scene, 'projection')
}

/** `real_estate` as people write it. */
export function spoken(name: string): string {
  if (name === 'north_america') return 'North America'
  if (name === 'asia_pacific') return 'Asia Pacific'
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function money(amount: number): string {
  return Math.round(amount).toLocaleString('en-US')
}

function within<T>({ instructions }: Scene, tag: string): T {
  return JSON.parse(instructions.match(new RegExp(`<${tag}>\n(.+)\n</${tag}>`))?.[1] ?? '{}') as T
}
