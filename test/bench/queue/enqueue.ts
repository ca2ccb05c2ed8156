import type { Bench } from './bench.ts'
import type { Producer } from './contestants/contestant.ts'
import { type Entrant, entrantsOf, nameOf } from './entrants.ts'
import { quiet } from './quiet.ts'
import { type Aim, bestOf, factor, groupBy, mapOf, print, spread, table } from './report.ts'
import type { Server } from './server.ts'
import { median } from './stats.ts'

const PARALLEL = 10
const BULK = 1_000

// Each resolves with the number of tasks that it has submitted.
const WAYS: Record<string, (producer: Producer) => Promise<number>> = {
  'one by one': async producer => {
    await producer.one()
    return 1
  },
  [`${PARALLEL} in parallel`]: async producer => {
    await Promise.all(Array.from({ length: PARALLEL }, producer.one))
    return PARALLEL
  },
  'bulk of 1,000': async producer => {
    await producer.bulk(BULK)
    return BULK
  },
}

/** Tasks a second, by way. */
type Rates = Entrant & { rates: Map<string, number> }

/** How fast tasks get in, each way for a few seconds, while no worker takes them out. */
export async function enqueue({ server, contestants, sizes, rounds }: Bench): Promise<Aim[]> {
  const turns: Rates[] = []
  for (let round = 0; round < rounds; round++) {
    for (const entrant of entrantsOf(contestants, 'enqueue')) {
      turns.push({ ...entrant, rates: await turn(server, entrant, sizes.enqueueSeconds) })
    }
  }
  report(turns)
  return []
}

async function turn(server: Server, { contestant, setting }: Entrant, seconds: number): Promise<Map<string, number>> {
  const database = await server.fresh(contestant)
  const producer = await contestant.openProducer(database.url, setting.name)
  // A claim that finds nothing puts a worker on record as idle.
  const idler = setting.besideIdle ? await contestant.openClaimer(database.url) : undefined
  await idler?.claim(1)
  try {
    const rates = new Map<string, number>()
    for (const [way, submit] of Object.entries(WAYS)) {
      for (let i = 0; i < 10; i++) await submit(producer)
      await quiet()
      rates.set(way, await rateOf(() => submit(producer), seconds))
    }
    return rates
  } finally {
    await idler?.close()
    await producer.close()
    await database.drop()
  }
}

async function rateOf(submit: () => Promise<number>, seconds: number): Promise<number> {
  const startedAt = performance.now()
  const passed = () => (performance.now() - startedAt) / 1000
  let submitted = 0
  while (passed() < seconds) submitted += await submit()
  return submitted / passed()
}

function report(turns: Rates[]): void {
  print('\n## Enqueue, tasks/s\n')
  const all = groupBy(turns, nameOf)
  const ways = Object.keys(WAYS)
  const ratesOf = (each: Rates[], way: string) => each.map(({ rates }) => rates.get(way) ?? Number.NaN)
  const medians = new Map(ways.map(way => [way, mapOf(all, each => median(ratesOf(each, way)))]))
  const ratios = (name: string, rival: string) =>
    [...medians.values()].map(rates => factor(rates.get(name), bestOf(rates, rival, 'most'))).join(' / ')
  print(
    ...table(
      ['', ...ways, '× graphile', '× pg-boss'],
      [...all].map(([name, each]) => [
        name,
        ...ways.map(way => spread(ratesOf(each, way))),
        ratios(name, 'graphile'),
        ratios(name, 'pg-boss'),
      ]),
    ),
  )
}
