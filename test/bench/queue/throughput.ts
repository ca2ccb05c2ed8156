import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { Bench } from './bench.ts'
import { clock } from './clock.ts'
import type { Contestant } from './contestants/contestant.ts'
import { type Entrant, entrantsOf, nameOf } from './entrants.ts'
import { quiet } from './quiet.ts'
import { type Aim, bestOf, count, factor, groupBy, mapOf, print, spread, table } from './report.ts'
import type { Server } from './server.ts'
import { median } from './stats.ts'
import type { Race } from './worker-child.ts'
import { startWorkerProcess } from './worker-process.ts'

// So that no one is timed while its code is still being compiled.
const WARM_UP = 5_000
const PATIENCE_MS = 15_000
const SLOW_MS = 8_000
const TENANTS = 50

/**
 * One timed run. `rate`: tasks a second, from the order to start until all are completed in the database. `start`:
 * milliseconds that the same worker took before to connect and begin a single task; taken off, since every contestant
 * connects in another way. `cpu`: the worker's, seconds. `rss`: bytes.
 */
type Run = Entrant & { tasks: number; rate: number; start: number; cpu: number; rss: number }

/** Empties a full queue, all contestants in turn, in each round again. */
export async function throughput({ server, contestants, sizes, rounds }: Bench): Promise<Aim[]> {
  const aims: Aim[] = []
  for (const tasks of sizes.tasks) {
    const runs: Run[] = []
    for (let round = 0; round < rounds; round++) {
      for (const entrant of entrantsOf(contestants, 'throughput')) {
        const { slow, overtaken } = entrant.setting
        const isFirstSize = tasks === Math.min(...sizes.tasks)
        if (slow && round > 0) continue
        if (isFirstSize || !(slow || overtaken)) runs.push(await run(server, entrant, tasks))
      }
    }
    aims.push(...report(tasks, runs))
  }
  return aims
}

async function run(server: Server, { contestant, setting }: Entrant, tasks: number): Promise<Run> {
  const tenants = setting.name === 'tenants' ? TENANTS : 0
  const database = await server.fresh(contestant)
  const producer = await contestant.openProducer(database.url, setting.name)
  const worker = await startWorkerProcess(contestant.name, setting.name, database.url)
  const drain = async (count: number) => {
    await producer.fill(count, tenants)
    const race = await worker.race(count, PATIENCE_MS)
    await worker.stop()
    return race
  }
  try {
    if (!setting.slow) await drain(WARM_UP)
    const start = startOf(await drain(1))
    await producer.fill(tasks, tenants)
    await quiet()
    const race = await worker.race(tasks, setting.slow ? SLOW_MS : PATIENCE_MS)
    const endedAt = race.handled < tasks ? race.lastAt : await completion(database.url, contestant, race)
    const { handled } = await worker.usage()
    if (handled > tasks) print(`${contestant.name}, ${setting.name} has run ${handled - tasks} tasks twice.`)
    return {
      contestant,
      setting,
      tasks,
      rate: race.handled / ((endedAt - race.startedAt - start) / 1000),
      start,
      cpu: race.usage.cpu / 1000,
      rss: race.usage.rss,
    }
  } finally {
    await worker.end()
    await producer.close()
    await database.drop()
  }
}

/**
 * Resolves with the moment before the look that found all completed. First it looks only for the tasks that began last,
 * which is quick; if an earlier one is still open then, it looks for all. @throws Error when a task was left out.
 */
async function completion(url: string, { name, unfinished }: Contestant, { lastIds }: Race): Promise<number> {
  const sql = postgres(url, { max: 1, prepare: false })
  const until = clock() + PATIENCE_MS
  const noneLeft = async (query: string, ids: string[][] = []) => {
    for (;;) {
      const lookedAt = clock()
      const [left] = await sql.unsafe<{ count: number }[]>(query, ids)
      if (left?.count === 0) return lookedAt
      if (lookedAt > until) throw new Error(`${name} has left ${left?.count} tasks unfinished.`)
      await pause(2)
    }
  }
  try {
    // With stale statistics a look at a few ids could become a look at the whole table.
    await sql`set enable_seqscan = off`
    const lastDone = await noneLeft(unfinished.among, [lastIds])
    const askedAt = clock()
    const allDone = await noneLeft(unfinished.all)
    return allDone - askedAt < 2 ? lastDone : allDone
  } finally {
    await sql.end()
  }
}

function startOf({ startedAt, firstAt }: Race): number {
  return firstAt - startedAt
}

function report(tasks: number, runs: Run[]): Aim[] {
  print(`\n## Throughput, ${count(tasks)} tasks that do nothing\n`)
  const all = groupBy(runs, nameOf)
  const rates = mapOf(all, each => median(each.map(({ rate }) => rate)))
  // The round that others on the machine disturbed least.
  const bests = mapOf(all, each => Math.max(...each.map(({ rate }) => rate)))
  const rivals = [rates, bests].flatMap(each => [bestOf(each, 'graphile', 'most'), bestOf(each, 'pg-boss', 'most')])
  print(
    ...table(
      ['', 'tasks/s', '× graphile', '× pg-boss', 'best rounds: × graphile', '× pg-boss', ...COSTS, 'settings'],
      [...all].map(([name, each]) => [
        name,
        spread(each.map(({ rate }) => rate)),
        ...rivals.map((rival, column) => factor((column < 2 ? rates : bests).get(name), rival)),
        median(each.map(({ start }) => start)).toFixed(0),
        median(each.map(({ cpu }) => cpu)).toFixed(2),
        (median(each.map(({ rss }) => rss)) / 2 ** 20).toFixed(0),
        each[0]?.setting.says ?? '',
      ]),
    ),
  )
  const [graphile = 0, pgBoss = 0] = rivals
  const ours = bestOf(rates, 'liverow', 'most')
  return [
    { what: `throughput of ${count(tasks)} ≥ 1.5 × graphile's best`, value: ours / graphile, least: 1.5 },
    { what: `throughput of ${count(tasks)} ≥ 2 × pg-boss's best`, value: ours / pgBoss, least: 2 },
  ]
}

const COSTS = ['start ms', "worker's CPU s", 'RSS MB']
