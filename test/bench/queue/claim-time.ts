import postgres from 'postgres'
import type { Bench, Sizes } from './bench.ts'
import type { Claimer, Contestant } from './contestants/contestant.ts'
import { quiet } from './quiet.ts'
import { type Aim, count, factor, ms, print, table } from './report.ts'
import type { Database, Server } from './server.ts'
import { median } from './stats.ts'

const ONES = 100
const HUNDREDS = 20
// The least disturbed counts.
const PASSES = 3
const CHURN_BATCH = 500
// What is there to be claimed while claims are timed.
const PENDING = PASSES * (1 + ONES + HUNDREDS * 100) + 1_000

/** Milliseconds: the first claim of a new connection, and the median of a claim of 1 and of 100. */
type Figures = { first: number; one: number; hundred: number }

/** `fresh`: the same at the same time in a vacuumed database without history. */
type Times = { contestant: string; state: string; now: Figures; fresh: Figures }

type Stage = { contestant: Contestant; database: Database; sql: postgres.Sql }

/**
 * What a claim costs beside history. Every contestant goes through the same states, in turn; its history is real: each
 * task was claimed and completed. Vacuum comes only where a state says so.
 */
export async function claimTime({ server, contestants, sizes }: Bench): Promise<Aim[]> {
  const pairs: { stage: Stage; control: Stage }[] = []
  const times: Times[] = []
  await server.autovacuum('off')
  try {
    for (const each of contestants) {
      pairs.push({ stage: await open(server, each), control: await open(server, each) })
    }
    for (const { state, prepare } of statesOf(sizes)) {
      for (const { stage, control } of pairs) {
        const undo = await prepare(stage)
        await fill(control, PENDING)
        await vacuum(control)
        times.push({ contestant: stage.contestant.name, state, ...(await timeClaims(stage, control)) })
        await undo?.()
      }
    }
  } finally {
    for (const { stage, control } of pairs) {
      await close(stage)
      await close(control)
    }
    await server.autovacuum('on')
  }
  // In the first no code was compiled yet.
  return report(times.filter(({ state }) => state !== WARM_UP))
}

const WARM_UP = 'warm-up'
const EMPTY = 'no history'
const WROTE = 'beside an open transaction that has written'

/** One after the other, each starts where the last one ended. `prepare` resolves with what is to be undone after. */
type State = { state: string; prepare: (stage: Stage) => Promise<(() => Promise<void>) | undefined> }

function statesOf({ history, churn }: Sizes): State[] {
  const finished = `${count(history)} finished`
  const standing = (state: string, pending: number): State => ({
    state,
    prepare: async stage => {
      await fill(stage, pending)
      await vacuum(stage)
      return undefined
    },
  })
  const churned = (state: string, vacuumed: boolean): State => ({
    state,
    prepare: async stage => {
      await churnAll(stage)
      await fill(stage, PENDING)
      if (vacuumed) await vacuum(stage)
      return undefined
    },
  })
  const held = (state: string, writes: boolean): State => ({
    state,
    prepare: async stage => {
      await churnAll(stage)
      await vacuum(stage)
      const release = await holdTransaction(stage, writes)
      await fill(stage, churn)
      await churnAll(stage)
      await fill(stage, PENDING)
      return release
    },
  })
  return [
    standing(WARM_UP, PENDING),
    standing(EMPTY, PENDING),
    standing('10,000 pending', 10_000),
    standing(`${count(history)} pending`, history),
    churned(`${finished}, not vacuumed`, false),
    churned(`${finished}, vacuumed`, true),
    held(`${finished}, ${count(churn)} more under a held snapshot`, false),
    held(`${finished}, ${count(churn)} more ${WROTE}`, true),
  ]
}

async function open(server: Server, contestant: Contestant): Promise<Stage> {
  const database = await server.fresh(contestant)
  return { contestant, database, sql: postgres(database.url, { max: 2, onnotice: () => undefined }) }
}

async function close({ sql, database }: Stage): Promise<void> {
  await sql.end({ timeout: 5 })
  await database.drop()
}

async function fill({ contestant, database }: Stage, tasks: number): Promise<void> {
  const producer = await contestant.openProducer(database.url, 'best')
  await producer.fill(tasks, 0)
  await producer.close()
}

/** Two connections claim and complete until nothing is left. */
async function churnAll({ contestant, database }: Stage): Promise<void> {
  const one = async () => {
    const claimer = await contestant.openClaimer(database.url)
    for (let taken = CHURN_BATCH; taken === CHURN_BATCH; ) taken = await claimAndComplete(claimer, CHURN_BATCH)
    await claimer.close()
  }
  await Promise.all([one(), one()])
}

async function claimAndComplete(claimer: Claimer, tasks: number): Promise<number> {
  const claimed = await claimer.claim(tasks)
  if (claimed.count > 0) await claimed.complete()
  return claimed.count
}

async function vacuum({ contestant, sql }: Stage): Promise<void> {
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ${sql(contestant.schemas)}`
  await sql.unsafe(`vacuum (analyze) ${tables.map(({ name }) => name).join(', ')}`)
}

/** A transaction that stays open: vacuum may remove nothing that died since. One that writes has an id, besides. */
async function holdTransaction({ sql }: Stage, writes: boolean): Promise<() => Promise<void>> {
  const holder = await sql.reserve()
  await holder`begin isolation level repeatable read`
  await holder`select count(*) from pg_class`
  if (writes) await holder`create temporary table written (n integer)`
  return async () => {
    await holder`rollback`
    holder.release()
  }
}

/** In turn, so that what disturbs the machine disturbs both. */
async function timeClaims(stage: Stage, control: Stage): Promise<{ now: Figures; fresh: Figures }> {
  const now: Figures[] = []
  const fresh: Figures[] = []
  for (let pass = 0; pass < PASSES; pass++) {
    now.push(await timePass(stage))
    fresh.push(await timePass(control))
  }
  return { now: leastDisturbed(now), fresh: leastDisturbed(fresh) }
}

function leastDisturbed(passes: Figures[]): Figures {
  return {
    // Only the very first claim meets what nobody has walked over yet.
    first: passes[0]?.first ?? Number.NaN,
    one: Math.min(...passes.map(({ one }) => one)),
    hundred: Math.min(...passes.map(({ hundred }) => hundred)),
  }
}

async function timePass({ contestant, database }: Stage): Promise<Figures> {
  await quiet()
  const claimer = await contestant.openClaimer(database.url)
  const first = await timeClaim(claimer, 1)
  const ones = await repeat(ONES, () => timeClaim(claimer, 1))
  const hundreds = await repeat(HUNDREDS, () => timeClaim(claimer, 100))
  await claimer.close()
  return { first, one: median(ones), hundred: median(hundreds) }
}

async function timeClaim(claimer: Claimer, tasks: number): Promise<number> {
  const startedAt = performance.now()
  const claimed = await claimer.claim(tasks)
  const time = performance.now() - startedAt
  if (claimed.count !== tasks) throw new Error(`A claim of ${tasks} took ${claimed.count}.`)
  await claimed.complete()
  return time
}

async function repeat(times: number, step: () => Promise<number>): Promise<number[]> {
  const results: number[] = []
  for (let i = 0; i < times; i++) results.push(await step())
  return results
}

function report(times: Times[]): Aim[] {
  print('\n## Claim, ms p50: of 1 / of 100 (the first of a new connection), × a database without history\n')
  const names = [...new Set(times.map(({ contestant }) => contestant))]
  const states = [...new Set(times.map(({ state }) => state))]
  const find = (contestant: string, state: string) =>
    times.find(each => each.contestant === contestant && each.state === state)
  const ratio = (state: string, rival: string) => over(find('liverow', state)?.now, find(rival, state)?.now)
  print(
    ...table(
      ['', ...names, 'liverow × graphile', '× pg-boss'],
      states.map(state => [
        state,
        ...names.map(name => cell(find(name, state))),
        ratio(state, 'graphile'),
        ratio(state, 'pg-boss'),
      ]),
    ),
  )
  return times
    .filter(({ contestant, state }) => contestant === 'liverow' && state.includes('finished') && !state.includes(WROTE))
    .flatMap(({ state, now, fresh }) => [
      { what: `claim of 1 at ${state} ≤ 1.2 × no history`, value: now.one / fresh.one, most: 1.2 },
      { what: `claim of 100 at ${state} ≤ 1.2 × no history`, value: now.hundred / fresh.hundred, most: 1.2 },
    ])
}

function cell(times: Times | undefined): string {
  if (!times) return '–'
  const { now, fresh } = times
  return `${ms(now.one)} / ${ms(now.hundred)} (${ms(now.first)}), × ${over(now, fresh)}`
}

function over(above: Figures | undefined, below: Figures | undefined): string {
  return [factor(above?.one, below?.one ?? 0), factor(above?.hundred, below?.hundred ?? 0)].join(' / ')
}
