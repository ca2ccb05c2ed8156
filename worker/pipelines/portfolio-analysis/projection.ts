import type { AssetClass, Projection } from '../../../shared/portfolio.ts'
import type { Shares } from './numbers.ts'

const PATHS = 10_000
const SEED = 20_261_121
/** In so many paths of a hundred the sustainable income lasts. */
const SUSTAINABLE = 90

/** Percent a year. */
const INFLATION = 2.5

/**
 * Nominal arithmetic mean return and volatility (standard deviation of yearly returns), in percent a year.
 *
 * Planning assumptions, not forecasts: rounded, and for stocks below the US record since 1928, since one country's good
 * century is no promise. For comparison, compound returns of that record are about 9.9 (stocks), 4.6 (government bonds),
 * 3.3 (bills), 4.3 (homes) and 5 (gold), with 3 of inflation (A. Damodaran, NYU Stern, "Historical Returns on Stocks,
 * Bonds, Bills, Real Estate and Gold", stern.nyu.edu/~adamodar).
 */
const RETURNS: Record<AssetClass, { mean: number; volatility: number }> = {
  equity: { mean: 7.5, volatility: 17 },
  bonds: { mean: 4, volatility: 6.5 },
  cash: { mean: 2.5, volatility: 1 },
  real_estate: { mean: 6, volatility: 13 },
  commodities: { mean: 4, volatility: 16 },
  alternatives: { mean: 5.5, volatility: 10 },
}

/** Correlations of yearly returns, rounded to tenths; pairs that are not listed have none. */
const CORRELATIONS: [AssetClass, AssetClass, number][] = [
  ['equity', 'bonds', 0.1],
  ['equity', 'real_estate', 0.6],
  ['equity', 'commodities', 0.3],
  ['equity', 'alternatives', 0.6],
  ['bonds', 'real_estate', 0.2],
  ['bonds', 'alternatives', 0.1],
  ['real_estate', 'commodities', 0.2],
  ['real_estate', 'alternatives', 0.4],
  ['commodities', 'alternatives', 0.3],
]

/** Money in today's money; `contribution` and `income` are for a year and rise with inflation. */
export type Plan = Projection['plan']

/** Of a mix that is held constant: percent a year, before inflation. */
export type Growth = { mean: number; volatility: number }

/** Mean and volatility of a mix of asset classes, by the formula of H. Markowitz ("Portfolio Selection", 1952). */
export function growthOf(mix: Shares): Growth {
  const classes = (Object.keys(RETURNS) as AssetClass[]).map(name => ({ name, weight: (mix[name] ?? 0) / 100 }))
  const mean = classes.reduce((sum, { name, weight }) => sum + weight * RETURNS[name].mean, 0)
  let variance = 0
  for (const a of classes) {
    for (const b of classes) {
      const together = a.weight * RETURNS[a.name].volatility * b.weight * RETURNS[b.name].volatility
      variance += together * correlation(a.name, b.name)
    }
  }
  return { mean, volatility: Math.sqrt(Math.max(0, variance)) }
}

/**
 * Projects a plan by the Monte Carlo method: in each path every year's growth is drawn from a lognormal distribution with
 * the given mean and volatility, independent of the year before. Until retirement the contribution comes in at the end of
 * each year; from then on the income is taken out at the beginning of each, up to the year before `untilAge`. A path in
 * which the balance does not cover the income has failed, and holds 0 from there on. Taxes and fees are not considered.
 *
 * The same arguments give the same result. All money is in today's money.
 */
export function project(plan: Plan, growth: Growth, { paths = PATHS, seed = SEED } = {}): Projection {
  const years = plan.untilAge - plan.age
  const balances = Array.from({ length: years + 1 }, () => new Float64Array(paths))
  const incomes = new Float64Array(paths)
  const ruins: number[] = []
  const draw = createDraw(growth, seed)
  for (let path = 0; path < paths; path++) {
    let balance = plan.start
    // What the path would bring without an income, and what an income of 1 would cost it: their ratio is the income that
    // leaves nothing.
    let untouched = plan.start
    let cost = 0
    let isRuined = false
    put(balances, 0, path, balance)
    for (let year = 0; year < years; year++) {
      const factor = draw()
      if (plan.age + year < plan.retirementAge) {
        balance = balance * factor + plan.contribution
        untouched = untouched * factor + plan.contribution
      } else {
        if (!isRuined && balance < plan.income) {
          isRuined = true
          ruins.push(plan.age + year)
        }
        balance = isRuined ? 0 : (balance - plan.income) * factor
        untouched *= factor
        cost = (cost + 1) * factor
      }
      put(balances, year + 1, path, balance)
    }
    incomes[path] = untouched / cost
  }
  for (const each of balances) each.sort()
  incomes.sort()
  ruins.sort((a, b) => a - b)
  return {
    ages: balances.map((_, year) => plan.age + year),
    bands: {
      p5: balances.map(each => Math.round(percentile(each, 5))),
      p25: balances.map(each => Math.round(percentile(each, 25))),
      p50: balances.map(each => Math.round(percentile(each, 50))),
      p75: balances.map(each => Math.round(percentile(each, 75))),
      p95: balances.map(each => Math.round(percentile(each, 95))),
    },
    successRate: Math.round((1000 * (paths - ruins.length)) / paths) / 10,
    sustainableIncome: Math.floor(percentile(incomes, 100 - SUSTAINABLE)),
    medianAgeOfRuin: ruins[Math.floor((ruins.length - 1) / 2)] ?? null,
    plan,
    assumptions: { mean: tenth(growth.mean), volatility: tenth(growth.volatility), inflation: INFLATION, paths },
  }
}

/** The value that `rank` percent of the sorted values do not exceed (nearest rank). */
export function percentile(sorted: Float64Array, rank: number): number {
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0
}

function put(balances: Float64Array[], year: number, path: number, balance: number): void {
  const row = balances[year]
  if (row) row[path] = balance
}

/**
 * Draws a year's growth in today's money, as a factor. The logarithm is normal with the mean and spread that give the
 * arithmetic mean and volatility asked for.
 */
function createDraw({ mean, volatility }: Growth, seed: number): () => number {
  const spread = Math.sqrt(Math.log(1 + (volatility / (100 + mean)) ** 2))
  const middle = Math.log(1 + mean / 100) - spread ** 2 / 2 - Math.log(1 + INFLATION / 100)
  const normal = createNormal(createRandom(seed))
  return () => Math.exp(middle + spread * normal())
}

/** Standard normal numbers, by G. Box and M. Muller (1958): two at a time. */
function createNormal(random: () => number): () => number {
  let spare: number | undefined
  return () => {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}

/** Numbers from 0 up to 1 that follow from the seed: mulberry32 by T. Ettinger, in the public domain. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function correlation(a: AssetClass, b: AssetClass): number {
  if (a === b) return 1
  return CORRELATIONS.find(([one, other]) => (one === a && other === b) || (one === b && other === a))?.[2] ?? 0
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
