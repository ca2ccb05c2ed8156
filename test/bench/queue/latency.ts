import type { Bench } from './bench.ts'
import { type Entrant, entrantsOf, nameOf } from './entrants.ts'
import { quiet } from './quiet.ts'
import { type Aim, bestOf, factor, groupBy, mapOf, ms, print, table } from './report.ts'
import type { Server } from './server.ts'
import { quantile } from './stats.ts'
import type { Responses } from './worker-child.ts'
import { startWorkerProcess } from './worker-process.ts'

const IDLE_MS = 30
const WARM_UP = 30
const PATIENCE_MS = 20_000

type Turn = Entrant & Responses

/** How long a task waits for an idle worker. One process submits and performs, so there is one clock. */
export async function latency({ server, contestants, sizes, rounds }: Bench): Promise<Aim[]> {
  const turns: Turn[] = []
  for (let round = 0; round < rounds; round++) {
    for (const entrant of entrantsOf(contestants, 'latency')) {
      if (entrant.setting.pollMs && round > 0) continue
      turns.push(await turn(server, entrant, Math.ceil(sizes.samples / rounds)))
    }
  }
  return report(turns)
}

async function turn(server: Server, { contestant, setting }: Entrant, samples: number): Promise<Turn> {
  const database = await server.fresh(contestant)
  const worker = await startWorkerProcess(contestant.name, setting.name, database.url)
  try {
    await worker.start()
    if (!setting.pollMs) await worker.respond(WARM_UP, IDLE_MS, PATIENCE_MS)
    await quiet()
    return { contestant, setting, ...(await worker.respond(samples, setting.pollMs ?? IDLE_MS, PATIENCE_MS)) }
  } finally {
    await worker.end()
    await database.drop()
  }
}

function report(turns: Turn[]): Aim[] {
  print('\n## Latency of an idle worker, ms until the handler begins\n')
  const all = groupBy(turns, nameOf)
  const of = (what: keyof Responses, part: number) =>
    mapOf(all, each => {
      const times = each.flatMap(turn => turn[what])
      return quantile(times, part)
    })
  const columns = (['fromInsert', 'fromCommit'] as const).flatMap(what => [0.5, 0.95, 0.99].map(part => of(what, part)))
  const [p50, , p99, p50Commit, , p99Commit] = columns as [Times, Times, Times, Times, Times, Times]
  print(
    ...table(
      ['', 'insert → start p50', 'p95', 'p99', 'commit → start p50', 'p95', 'p99', 'p50 × graphile', 'p99 × graphile'],
      [...all.keys()].map(name => [
        name,
        ...columns.map(times => ms(times.get(name))),
        factor(p50.get(name), bestOf(p50, 'graphile', 'least')),
        factor(p99.get(name), bestOf(p99, 'graphile', 'least')),
      ]),
    ),
  )
  const ratio = (times: Times) => bestOf(times, 'liverow', 'least') / bestOf(times, 'graphile', 'least')
  return [
    { what: "insert → start, p50 ≤ 0.6 × graphile's", value: ratio(p50), most: 0.6 },
    { what: "insert → start, p99 no worse than graphile's", value: ratio(p99), most: 1 },
    { what: "commit → start, p50 ≤ 0.6 × graphile's", value: ratio(p50Commit), most: 0.6 },
    { what: "commit → start, p99 no worse than graphile's", value: ratio(p99Commit), most: 1 },
  ]
}

type Times = Map<string, number>
