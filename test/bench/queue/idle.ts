import { setTimeout as pause } from 'node:timers/promises'
import type { Bench } from './bench.ts'
import { type Entrant, entrantsOf, nameOf } from './entrants.ts'
import { type Aim, bestOf, print, table } from './report.ts'
import type { Database, Server } from './server.ts'
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts'

const SETTLE_MS = 5_000

type Idler = Entrant & { database: Database; worker: WorkerProcess }

/** What workers cost that have nothing to do. All are watched at once, each in its own database. */
export async function idle({ server, contestants, sizes }: Bench): Promise<Aim[]> {
  const idlers: Idler[] = []
  try {
    // It would be counted too.
    await server.autovacuum('off')
    for (const entrant of entrantsOf(contestants, 'idle')) idlers.push(await start(server, entrant))
    await pause(SETTLE_MS)
    const before = await transactions(server)
    await pause(sizes.idleSeconds * 1000)
    const after = await transactions(server)
    const rates = new Map(
      idlers.map(idler => {
        const { name } = idler.database
        return [nameOf(idler), ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / sizes.idleSeconds]
      }),
    )
    return await report(idlers, rates)
  } finally {
    for (const { worker, database } of idlers) {
      await worker.end()
      await database.drop()
    }
    await server.autovacuum('on')
  }
}

async function start(server: Server, entrant: Entrant): Promise<Idler> {
  const database = await server.fresh(entrant.contestant)
  const worker = await startWorkerProcess(entrant.contestant.name, entrant.setting.name, database.url)
  await worker.start()
  return { ...entrant, database, worker }
}

/** By database. Each query of an idle worker is a transaction of its own. */
async function transactions({ admin }: Server): Promise<Map<string, number>> {
  const rows = await admin<{ name: string; transactions: number }[]>`
    select datname as name, (xact_commit + xact_rollback)::integer as transactions
    from pg_stat_database where datname is not null`
  return new Map(rows.map(row => [row.name, row.transactions]))
}

async function report(idlers: Idler[], rates: Map<string, number>): Promise<Aim[]> {
  print('\n## An idle worker\n')
  const rows: string[][] = []
  for (const idler of idlers) {
    const { rss, bare } = await idler.worker.usage()
    const rate = rates.get(nameOf(idler)) ?? Number.NaN
    rows.push([
      nameOf(idler),
      rate.toFixed(2),
      (rss / 2 ** 20).toFixed(0),
      (bare / 2 ** 20).toFixed(0),
      idler.setting.says,
    ])
  }
  print(...table(['', 'queries/s', 'RSS MB', 'Node alone', 'settings'], rows))
  return [{ what: 'idle ≤ 1 query/s', value: bestOf(rates, 'liverow', 'most'), most: 1 }]
}
