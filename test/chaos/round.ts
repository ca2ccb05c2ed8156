import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { Config } from '../../worker/config.ts'
import { type Crew, hireCrew } from './crew.ts'
import type { Note } from './notes.ts'
import type { Fault, Plan } from './plan.ts'
import { type Change, collectRecords, judge, type Records } from './referee.ts'
import type { Ground, Site } from './site.ts'
import { until } from './until.ts'
import { gatherUsers, type Users } from './users.ts'
import { startWatch, type Watch } from './watch.ts'

/** What came out of a round. Empty `breaches` mean that every promise was kept. */
export type Report = { breaches: string[]; summary: string }

const ONLINE_MS = 20_000
const END_MS = 60_000
const RECOVERY_MS = 30_000
const PROBE_MS = 250
const MANY = 20

// Without the driver's own question for types, which it asks on each new connection and does not see fail.
function connect({ databaseUrl }: Ground): postgres.Sql {
  return postgres(databaseUrl, { max: 6, fetch_types: false, onnotice: () => undefined })
}

/** Plays a plan to its end and judges it. Leaves no process behind, however it ends. */
export async function playRound(site: Site, plan: Plan): Promise<Report> {
  const ground = await site.open(plan.seed)
  const sql = connect(ground)
  const halt = new AbortController()
  const breaches: string[] = []
  const stopAt = (found: string[]) => {
    breaches.push(...found)
    halt.abort()
  }
  const watch = startWatch(ground.databaseUrl, stopAt)
  const crew = await hireCrew(ground, plan.slots, queueOf(plan))
  let summary = 'the round was not played to its end'
  try {
    await play({ site, ground, plan, sql, crew, halt: halt.signal, stopAt })
    breaches.push(...crew.complaints())
    if (!halt.signal.aborted) {
      const records = await collect(ground, {
        tasks: plan.tasks,
        notes: crew.notes(),
        leaseSeconds: plan.leaseSeconds,
      })
      breaches.push(...judge(records))
      summary = summarise(records, watch, ground)
    }
  } catch (error) {
    // A halted round throws from wherever it was; the breach has been told already.
    if (!halt.signal.aborted) breaches.push(`The round broke off: ${(error as Error).stack}`)
  } finally {
    halt.abort()
    await crew.end()
    await watch.end()
    await sql.end({ timeout: 5 })
    await ground.close(breaches.length > 0)
  }
  return { breaches: shorten(breaches, plan, ground), summary }
}

type Scene = {
  site: Site
  ground: Ground
  plan: Plan
  sql: postgres.Sql
  crew: Crew
  halt: AbortSignal
  stopAt: (found: string[]) => void
}

async function play({ site, ground, plan, sql, crew, halt, stopAt }: Scene): Promise<void> {
  const users = await gatherUsers(sql, halt)
  const isOnline = (book: Note[]) => book.some(note => note.event === 'online')
  if (!(await until(() => crew.present().every(isOnline), ONLINE_MS, halt)))
    return stopAt(['the workers do not come up'])

  const startedAt = performance.now()
  const faults = plan.faults.map(async fault => {
    await pause(fault.atMs, undefined, { signal: halt })
    await inflict(fault, { site, ground, crew, sql })
  })
  await Promise.all([...faults, ...plan.tasks.map(task => users.play(task, startedAt))])

  const calmAt = Date.now()
  const allEnded = async () => {
    const [row] = await sql`
      select not exists (select from public.agent_task_requests where finished_at is null) as ended`
    return row?.ended === true
  }
  // What has not ended by then is named by the referee.
  await until(() => allEnded().catch(() => false), END_MS, halt)
  await recover(crew, users, calmAt, halt, stopAt)
  await until(() => allEnded().catch(() => false), END_MS, halt)
  await crew.closeDown()
}

async function inflict(
  fault: Fault,
  { site, ground, crew, sql }: Pick<Scene, 'site' | 'ground' | 'crew' | 'sql'>,
): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return crew.kill(fault.slot)
    case 'freeze':
      return await crew.freeze(fault.slot, fault.ms, fault.killed)
    case 'dismiss':
      return crew.dismiss(fault.slot, fault.twice)
    case 'cut':
    case 'stall': {
      const wire = crew.wire(fault.slot)
      wire[fault.kind]()
      await pause(fault.ms)
      return wire.mend()
    }
    case 'gateway':
      return ground.gateway.kill()
    case 'drop':
      // Ours too: the users and the watch live with it. While the server is away, all are gone already.
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend'`.catch(() => undefined)
      return
    case 'restart':
      return await site.restart(fault.how, fault.ms)
  }
}

/** Whoever is at work now has claimed, beaten and heard since all became calm, without having been started anew. */
async function recover(
  crew: Crew,
  users: Users,
  calmAt: number,
  halt: AbortSignal,
  stopAt: Scene['stopAt'],
): Promise<void> {
  const wanted = ['claimed', 'beaten', 'heard'] as const
  const missing = () =>
    crew.present().flatMap((book, slot) => {
      const since = new Set(book.filter(note => note.at > calmAt).map(note => note.event))
      return wanted
        .filter(each => !since.has(each))
        .map(each => `the worker in slot ${slot} has not ${each} since the calm`)
    })
  const isBack = async () => {
    await users.probe()
    await pause(PROBE_MS)
    return missing().length === 0
  }
  if (!(await until(isBack, RECOVERY_MS, halt))) stopAt(missing())
}

function queueOf({ leaseSeconds }: Plan): Config['queue'] {
  return { concurrency: 5, kinds: null, pollSeconds: 0.3, leaseSeconds, reapSeconds: 0.25, drainSeconds: 0.05 }
}

/** By a connection that has seen no fault: after one, the driver may give back results with holes in them. */
async function collect(ground: Ground, known: Parameters<typeof collectRecords>[1]): Promise<Records> {
  const sql = connect(ground)
  try {
    return await collectRecords(sql, known)
  } finally {
    await sql.end()
  }
}

function summarise({ rows, changes, notes }: Records, watch: Watch, { gateway }: Ground): string {
  const count = (test: (change: Change) => boolean) => changes.filter(test).length
  const lost = notes.flat().flatMap(note => (note.event === 'settled' ? note.answers : []))
  const parts = [
    `${rows.length} tasks`,
    `${count(each => each.fromStatus !== 'processing' && each.status === 'processing')} claims`,
    `${count(each => each.crashes > each.fromCrashes)} reaped`,
    `${count(each => each.life > each.fromLife)} new lives`,
    `${count(each => each.attempt < each.fromAttempt && each.life === each.fromLife)} given back`,
    `${lost.filter(each => each.status === 'lost').length} settles refused`,
    `${notes.length} processes`,
    `${watch.looks()} looks`,
    `${gateway.crashes()} gateway crashes`,
  ]
  const ends = Map.groupBy(rows, row => (row.error?.code === 'worker_lost' ? 'given up' : row.status))
  return [...parts, ...[...ends].map(([status, list]) => `${list.length} ${status}`)].join(', ')
}

function shorten(breaches: string[], { seed, seconds }: Plan, { folder }: Ground): string[] {
  if (breaches.length === 0) return []
  const more = breaches.length > MANY ? [`… and ${breaches.length - MANY} more`] : []
  const again = `seed ${seed}: node test/chaos/main.ts --seed ${seed} --seconds ${seconds} --minutes 0; logs: ${folder}`
  return [again, ...breaches.slice(0, MANY), ...more]
}
