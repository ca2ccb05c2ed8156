import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chart, chart } from '../../../shared/portfolio.ts'
import { chartProblem } from '../../../worker/pipelines/portfolio-analysis/charts.ts'
import { judged, whole } from '../../../worker/pipelines/portfolio-analysis/classify.ts'
import {
  concentrationOf,
  driftOf,
  mix,
  numbersOf,
  rounded,
} from '../../../worker/pipelines/portfolio-analysis/numbers.ts'
import type { Position } from '../../../worker/pipelines/portfolio-analysis/portfolio.ts'
import { growthOf, type Plan, percentile, project } from '../../../worker/pipelines/portfolio-analysis/projection.ts'

const holding = (values: Partial<Position>): Position => ({
  symbol: 'A',
  name: 'A',
  kind: 'etf',
  quantity: 1,
  price: 100,
  priceSource: 'market',
  assetClasses: { equity: 100 },
  regions: { europe: 100 },
  sectors: { other: 100 },
  ...values,
})
const sumOf = (shares: Record<string, number>) => Object.values(shares).reduce((sum, share) => sum + share, 0)

describe('the numbers of a portfolio', () => {
  it('weigh allocations by value, and count cash', () => {
    const positions = [
      holding({ quantity: 6 }),
      holding({ symbol: 'B', quantity: 2, assetClasses: { equity: 50, bonds: 50 } }),
    ]
    // 600 in equity, 100 + 100 of the other in equity and bonds, 200 in cash: 1,000 in all.
    expect(mix(positions, 'assetClasses', 200)).toEqual({ equity: 70, bonds: 10, cash: 20 })
    expect(mix(positions, 'regions')).toEqual({ europe: 100 })
  })

  it('tell the drift in points and money, the largest first', () => {
    expect(driftOf({ equity: 70, bonds: 10, cash: 20 }, { equity: 60, bonds: 40 }, 1_000)).toEqual([
      { name: 'bonds', actual: 10, target: 40, points: -30, toMove: 300 },
      { name: 'cash', actual: 20, target: 0, points: 20, toMove: -200 },
      { name: 'equity', actual: 70, target: 60, points: 10, toMove: -100 },
    ])
  })

  it('tell the concentration of what is invested', () => {
    // 50² + 30² + 20² = 3,800.
    expect(concentrationOf([50, 30, 20])).toEqual({
      largest: 50,
      topFive: 100,
      herfindahl: 3_800,
      effectiveHoldings: 2.6,
    })
    expect(concentrationOf([100])).toMatchObject({ herfindahl: 10_000, effectiveHoldings: 1 })
    expect(concentrationOf([])).toEqual({ largest: 0, topFive: 0, herfindahl: 0, effectiveHoldings: 0 })
  })

  it('of several accounts name each holding once', () => {
    const accounts = [
      { name: 'Depot', cash: 0, positions: [holding({})] },
      { name: 'Pension', cash: 100, positions: [holding({}), holding({ symbol: 'B', price: null })] },
    ]
    expect(numbersOf({ accounts, preferences: null })).toMatchObject({
      total: 300,
      holdings: [
        { symbol: 'A', value: 200, share: 66.7 },
        { symbol: 'B', value: 0, share: 0 },
      ],
      accounts: [{ share: 33.3 }, { share: 66.7 }],
      drift: null,
    })
  })

  it('are shares that add up to 100 after rounding, too', () => {
    const group = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      fc.integer({ min: 1, max: 10_000 }),
      { minKeys: 1 },
    )
    fc.assert(
      fc.property(group, weights => {
        const total = sumOf(weights)
        const shares = Object.fromEntries(
          Object.entries(weights).map(([name, weight]) => [name, (100 * weight) / total]),
        )
        expect(sumOf(rounded(shares))).toBeCloseTo(100, 6)
        for (const [name, share] of Object.entries(rounded(shares)))
          expect(Math.abs(share - (shares[name] ?? 0))).toBeLessThan(0.1001)
      }),
    )
  })
})

describe('a classification', () => {
  const group = (share: number) => ({
    equity: share,
    bonds: 0,
    cash: 0,
    real_estate: 0,
    commodities: 0,
    alternatives: 0,
  })
  const answer = (symbol: string, share: number) =>
    ({ symbol, price: null, assetClasses: group(share), regions: { europe: 100 }, sectors: { other: 100 } }) as never

  it('is scaled to exactly 100 when it is a rounding away', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 }), parts => {
        expect(sumOf(whole(Object.fromEntries(parts.map((part, index) => [`n${index}`, part]))))).toBeCloseTo(100, 6)
      }),
    )
  })

  it('that is missing or does not add up is a problem, and one that was not asked for is dropped', () => {
    const { good, problems } = judged(
      [answer('A', 99.5), answer('B', 90), answer('X', 100)],
      [{ symbol: 'A' }, { symbol: 'B' }, { symbol: 'C' }],
    )
    expect(good).toMatchObject([{ symbol: 'A', assetClasses: { equity: 100 } }])
    expect(problems).toEqual(['assetClasses of B add up to 90 instead of 100.', 'C is missing.'])
  })
})

describe('a chart', () => {
  const good: Chart = {
    position: 1,
    kind: 'pie',
    title: 'Mix',
    description: 'The mix.',
    unit: 'percent',
    labels: ['A', 'B'],
    values: [60, 40],
    colors: ['#111111', '#222222'],
  }

  it('of a whole is drawn', () => {
    expect(chartProblem(good)).toBeUndefined()
    expect(chartProblem({ ...good, values: [60.2, 40.1] })).toBeUndefined()
  })

  it.each([
    ['values for other labels', { values: [100] }, /2 labels, 1 values/],
    ['percentages of less than 100', { values: [60, 30] }, /add up to 90/],
    ['values below 0 in a pie', { values: [110, -10] }, /below 0/],
    ['nothing but zeros', { kind: 'bar', values: [0, 0] }, /nothing to draw/],
    ['a label twice', { labels: ['A', 'A'] }, /the same/],
    ['percentages beyond 100 in bars', { kind: 'bar', values: [160, 10] }, /beyond 100/],
  ])('with %s is refused', (_what, change, words) => {
    expect(chartProblem({ ...good, ...change } as Chart)).toMatch(words)
  })

  it.each([
    { values: [Number.NaN, 40] },
    { labels: [] },
    { colors: ['red', 'blue'] },
    { position: 7 },
    { labels: 'A, B' },
  ])('like %j does not even fit the types', change => {
    expect(chart.safeParse({ ...good, ...change }).success).toBe(false)
  })
})

describe('the growth of a mix', () => {
  it('of one class is that of the class', () => {
    expect(growthOf({ equity: 100 })).toEqual({ mean: 7.5, volatility: 17 })
  })

  it('swings less than its parts', () => {
    // √((0.6 · 17)² + (0.4 · 6.5)² + 2 · 0.6 · 17 · 0.4 · 6.5 · 0.1) = √116.104 = 10.7752
    const { mean, volatility } = growthOf({ equity: 60, bonds: 40 })
    expect(mean).toBeCloseTo(6.1, 9)
    expect(volatility).toBeCloseTo(10.7752, 3)
  })
})

describe('a projection', () => {
  const plan: Plan = { start: 1_000, age: 60, retirementAge: 62, untilAge: 64, contribution: 100, income: 500 }
  // As much as inflation takes, so that nothing grows in today's money.
  const still = { mean: 2.5, volatility: 0 }

  it('without chance is what one can compute by hand', () => {
    // 1,000 + 100 + 100, then 500 out, and 500 out.
    const { bands, ages, successRate, sustainableIncome, medianAgeOfRuin } = project(plan, still, { paths: 10 })
    expect(ages).toEqual([60, 61, 62, 63, 64])
    expect(bands.p5).toEqual([1_000, 1_100, 1_200, 700, 200])
    expect(bands.p95).toEqual(bands.p5)
    expect({ successRate, sustainableIncome, medianAgeOfRuin }).toEqual({
      successRate: 100,
      sustainableIncome: 600,
      medianAgeOfRuin: null,
    })
  })

  it('grows before it is spent, and by more than inflation', () => {
    // 10 % above inflation: 1,000 · 1.1 + 100 = 1,200; · 1.1 + 100 = 1,420; (1,420 − 500) · 1.1 = 1,012; (1,012 − 500) · 1.1 = 563.2.
    const { bands } = project(plan, { mean: 12.75, volatility: 0 }, { paths: 10 })
    expect(bands.p50).toEqual([1_000, 1_200, 1_420, 1_012, 563])
  })

  it('that runs dry stays at 0 and tells when', () => {
    const { bands, successRate, medianAgeOfRuin } = project({ ...plan, income: 700 }, still, { paths: 10 })
    expect(bands.p50).toEqual([1_000, 1_100, 1_200, 500, 0])
    expect({ successRate, medianAgeOfRuin }).toEqual({ successRate: 0, medianAgeOfRuin: 63 })
  })

  it('takes no contributions of one who has retired', () => {
    expect(project({ ...plan, retirementAge: 55 }, still, { paths: 10 }).bands.p50).toEqual([1_000, 500, 0, 0, 0])
  })

  it('is the same for the same seed, and another for another', () => {
    const growth = growthOf({ equity: 100 })
    expect(project(plan, growth)).toEqual(project(plan, growth))
    expect(project(plan, growth, { seed: 1 }).bands).not.toEqual(project(plan, growth, { seed: 2 }).bands)
  })

  it('has the mean and spread that were asked for', () => {
    const { bands, assumptions } = project(
      { ...plan, retirementAge: 61, untilAge: 61, contribution: 0, start: 1e6 },
      { mean: 7.5, volatility: 17 },
      { paths: 50_000 },
    )
    // The median of a lognormal year: 1.075 / √(1 + (17 / 107.5)²) / 1.025 = 1.0359.
    expect((bands.p50[1] ?? 0) / 1e6).toBeCloseTo(1.0359, 2)
    expect(Math.log((bands.p95[1] ?? 0) / (bands.p5[1] ?? 1)) / (2 * 1.645)).toBeCloseTo(0.1572, 2)
    expect(assumptions).toMatchObject({ inflation: 2.5, paths: 50_000 })
  })

  it('lasts in nine paths of ten with the income that it calls sustainable', () => {
    const long: Plan = { start: 300_000, age: 45, retirementAge: 67, untilAge: 95, contribution: 10_000, income: 1 }
    const growth = growthOf({ equity: 60, bonds: 40 })
    const { sustainableIncome } = project(long, growth)
    expect(project({ ...long, income: sustainableIncome }, growth).successRate).toBeCloseTo(90, 0)
  })

  it('gets no better with a higher income, and no worse with more to start from', () => {
    const amount = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(amount, amount, amount, (start, income, more) => {
        const base: Plan = { start, age: 60, retirementAge: 62, untilAge: 90, contribution: 0, income }
        const growth = growthOf({ equity: 50, bonds: 50 })
        const few = { paths: 200 }
        const { successRate, bands } = project(base, growth, few)
        expect(project({ ...base, income: income + more }, growth, few).successRate).toBeLessThanOrEqual(successRate)
        expect(project({ ...base, start: start + more }, growth, few).successRate).toBeGreaterThanOrEqual(successRate)
        for (const [index, p5] of bands.p5.entries()) {
          expect(p5).toBeGreaterThanOrEqual(0)
          expect(p5).toBeLessThanOrEqual(bands.p50[index] ?? 0)
          expect(bands.p50[index]).toBeLessThanOrEqual(bands.p95[index] ?? 0)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('of ten thousand paths over seventy years takes well under a second of computing', () => {
    const before = process.cpuUsage()
    project({ ...plan, age: 25, retirementAge: 67, untilAge: 95 }, growthOf({ equity: 100 }))
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1)
  })

  it('takes the percentile by the nearest rank', () => {
    const sorted = new Float64Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect([5, 50, 90, 100].map(rank => percentile(sorted, rank))).toEqual([1, 5, 9, 10])
  })
})
