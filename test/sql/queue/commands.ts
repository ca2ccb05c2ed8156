// Everything that workers, users and admins may do to the queue, well or badly, each told to the model as well.

import * as fc from 'fast-check'
import type postgres from 'postgres'
import { expect } from 'vitest'
import { edit } from '../arrange.ts'
import { only } from '../only.ts'
import * as verbs from '../verbs.ts'
import {
  addTask,
  atWork,
  beat,
  cancel,
  expire,
  expireQuestions,
  generationOf,
  holderOf,
  isClaimable,
  isEnded,
  isKeptByTurn,
  LEASE_SECONDS,
  type Model,
  type ModelTask,
  openQuestions,
  promote,
  RETRY_SECONDS,
  rankOf,
  reap,
  remove,
  type Session,
  SNOOZE_SECONDS,
  say,
  setStatus,
  settle,
  take,
  tenantOf,
  voidQuestions,
} from './model.ts'

/** The database, and what was seen of it before. */
export interface Queue {
  sql: postgres.Sql
  tenants: (string | null)[]
  /** One of each policy, in the name of the first tenant. */
  sessions: Session[]
  versions: Map<string, number>
  /** What was done, in words. */
  story: string[]
}

type Command = fc.AsyncCommand<Model, Queue>

const KINDS = ['a', 'b']
const OUTCOMES = ['completed', 'failed', 'retry', 'snooze', 'cancelled', 'released', 'waiting']
const STATUSES = ['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']
const EPOCH = Date.parse('2030-01-01T00:00:00Z')
/** Times are compared to the second. */
const toDate = (seconds: number | undefined) => (seconds === undefined ? null : new Date(EPOCH + seconds * 1000))

export const setClock = (sql: postgres.Sql, now: number) =>
  sql`select set_config('worker.fake_now', ${toDate(now)?.toISOString() ?? ''}, false)`

/** A command of these words. It is left out of a run where `check` is false. */
function command(
  words: string,
  run: (model: Model, queue: Queue) => Promise<unknown>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command {
  return {
    check,
    toString: () => words,
    run: async (model, queue) => {
      await run(model, queue)
    },
  }
}

function pick<T>(from: T[], n: number): T {
  return only(from[n % from.length])
}

const hasTasks = (model: Readonly<Model>) => model.tasks.length > 0
const hasHeld = (model: Readonly<Model>) => model.everHeld.length > 0

/** Mostly the leases that stand, for little happens to the others. */
function pickHeld({ everHeld, tasks }: Model, n: number) {
  const standing = everHeld.filter(held => tasks.some(task => task.lease?.id === held.lease))
  return pick(standing.length > 0 && n % 4 > 0 ? standing : everHeld, n)
}

async function refusal(act: Promise<unknown>): Promise<string | undefined> {
  return act.then(
    () => undefined,
    (error: { code: string }) => error.code,
  )
}

// Submitting ----------------------------------------------------------------------------------------------------------

const wish = fc.record({
  tenant: fc.nat(2),
  kind: fc.constantFrom(...KINDS),
  priority: fc.constantFrom(0, 0, 1),
  delay: fc.constantFrom(0, 0, 0, 40),
  deadline: fc.constantFrom(undefined, undefined, 50, 100),
  maxAttempts: fc.constantFrom(1, 2, 5),
  supersedeKey: fc.constantFrom(undefined, undefined, undefined, undefined, 's'),
})
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never

function asValues(model: Model, { tenants }: Queue, { delay, deadline, maxAttempts, supersedeKey, ...said }: Wish) {
  const times = { runAt: model.now + delay, deadline: deadline === undefined ? undefined : model.now + deadline }
  return { ...said, ...times, maxAttempts, supersedeKey, tenant: pick(tenants, said.tenant) }
}

/** Several in one statement, unless one would supersede the other. */
const submits = fc.record({ wish, count: fc.integer({ min: 1, max: 4 }) }).map(({ wish: said, count }) =>
  command(`submit ${count} ${fc.stringify(said)}`, async (model, queue) => {
    const values = asValues(model, queue, said)
    const rows = await queue.sql<{ id: string }[]>`
      insert into public.agent_task_requests
        (enterprise_id, kind, priority, run_at, deadline_at, max_attempts, supersede_key)
      select ${values.tenant}, ${values.kind}, ${values.priority}, ${toDate(values.runAt)}, ${toDate(values.deadline)},
        ${values.maxAttempts}, ${values.supersedeKey ?? null}
      from generate_series(1, ${values.supersedeKey ? 1 : count}::integer) returning id`
    for (const { id } of rows) addTask(model, { id, ...values })
  }),
)

const submitsByKey = fc.record({ wish, key: fc.constantFrom('k', 'l') }).map(({ wish: said, key }) =>
  command(`submit by key ${key} ${fc.stringify(said)}`, async (model, queue) => {
    const { maxAttempts: _, ...values } = asValues(model, queue, said)
    const known = model.tasks.find(task => task.key === key && task.tenant === values.tenant)
    const call = queue.sql<{ id: string }[]>`
      select id from public.submit_agent_task('{}', ${values.kind}, ${values.tenant}, ${values.priority},
        ${toDate(values.runAt)}, ${toDate(values.deadline)}, ${key}, ${values.supersedeKey ?? null})`
    if (known && known.kind !== values.kind) {
      expect(await refusal(call)).toBe('PT409')
      return
    }
    const { id } = only((await call)[0])
    if (known) expect(id).toBe(known.id)
    else addTask(model, { id, ...values, key })
  }),
)

const says = fc.record({ n: fc.constantFrom(0, 1, 1, 1, 2), kind: fc.constantFrom(...KINDS) }).map(({ n, kind }) =>
  command(`say something of ${kind} in session ${n}`, async (model, { sql, sessions, tenants }) => {
    const session = only(sessions[n])
    const tenant = only(tenants[0])
    const id = crypto.randomUUID()
    const insert = sql`
      insert into public.agent_task_requests (id, enterprise_id, kind, session_id)
      values (${id}, ${tenant}, ${kind}, ${session.id})`
    const refused = await refusal(insert)
    expect(refused).toBe(say(model, session, { id, tenant, kind }) ? undefined : 'PT409')
  }),
)

// Workers -------------------------------------------------------------------------------------------------------------

const claims = fc
  .record({ slots: fc.nat(4), kinds: fc.constantFrom<string[] | null>(null, null, null, ['a'], ['b'], []) })
  .map(({ slots, kinds }) =>
    command(`claim ${slots} of ${fc.stringify(kinds)}`, async (model, { sql }) => {
      promote(model)
      const loads = (tenant: string) => atWork(model, task => tenantOf(task) === tenant)
      const before = new Map(model.tasks.map(task => [tenantOf(task), loads(tenantOf(task))]))
      const rows = await verbs.claim(sql, { slots, kinds, seconds: LEASE_SECONDS })
      const taken = rows.map(row => {
        const task = only(model.tasks.find(task => task.id === row.task_id))
        expect(isClaimable(model, task, kinds), `may be claimed: ${fc.stringify(task)}`).toBe(true)
        const rank = rankOf(task)
        take(model, task, row.lease_id)
        return { task, rank }
      })
      const left = model.tasks.filter(task => isClaimable(model, task, kinds))
      if (taken.length < slots) expect(left, 'is left though slots are free').toEqual([])
      else expect(taken).toHaveLength(slots)
      // A cap may make it wiser, or necessary, to pass somebody by.
      if (model.kindCaps.size + model.tenantCaps.size === 0) expectFair(model, taken, left, before)
    }),
  )

function expectFair(
  model: Model,
  taken: { task: ModelTask; rank: number }[],
  left: ModelTask[],
  before: Map<string, number>,
) {
  const load = (tenant: string) => atWork(model, task => tenantOf(task) === tenant)
  for (const waiting of left)
    for (const { task, rank } of taken) {
      const [theirs, ours] = [tenantOf(task), tenantOf(waiting)]
      if (theirs === ours) expect(rank, 'a lower rank of a tenant goes first').toBeGreaterThanOrEqual(rankOf(waiting))
      else if (load(theirs) > (before.get(theirs) ?? 0))
        expect(load(theirs), 'one tenant gets ahead of another').toBeLessThanOrEqual(load(ours) + 1)
    }
}

const beats = fc.array(fc.nat(), { minLength: 1, maxLength: 3 }).map(ns =>
  command(
    `beat for ${ns}`,
    async (model, { sql }) => {
      const held = [...new Set(ns.map(n => pickHeld(model, n)))]
      expect(await verbs.beat(sql, held, LEASE_SECONDS)).toEqual(held.map(({ lease }) => beat(model, lease)))
    },
    hasHeld,
  ),
)

const settles = fc
  .array(fc.record({ n: fc.nat(), outcome: fc.constantFrom(...OUTCOMES) }), { minLength: 1, maxLength: 3 })
  .map(endings =>
    command(
      `settle ${fc.stringify(endings)}`,
      async (model, { sql }) => {
        const once = new Map(endings.map(({ n, outcome }) => [pickHeld(model, n), outcome]))
        const batch = [...once].map(([held, outcome]) => ({
          ...held,
          outcome,
          detail: { after_seconds: outcome === 'retry' ? RETRY_SECONDS : SNOOZE_SECONDS },
        }))
        const statuses = await verbs.settle(sql, ...batch)
        // A parent is judged by its children as they were before the batch.
        const judged = [...batch.entries()].sort(
          ([, a], [, b]) => Number(b.outcome === 'waiting') - Number(a.outcome === 'waiting'),
        )
        for (const [n, { lease, outcome }] of judged) {
          const expected = settle(model, lease, outcome)
          expect(statuses[n], `${outcome} of ${lease}`).toBe(expected)
        }
      },
      hasHeld,
    ),
  )

const reaps = fc.constant(
  command('reap', async (model, { sql }) => {
    const reaped = await verbs.reap(sql)
    const expected = reap(model).map(({ id, status }) => ({ task_id: id, status }))
    expect(reaped.sort(byId)).toEqual(expected.sort(byId))
  }),
)

function byId(a: { task_id: string }, b: { task_id: string }): number {
  return a.task_id < b.task_id ? -1 : 1
}

const expires = fc.constant(
  command('end what is beyond its deadline', async (model, { sql }) => {
    await sql`select private.expire_due(100)`
    expire(model)
  }),
)

const spawns = fc
  .record({ n: fc.nat(), keys: fc.uniqueArray(fc.constantFrom('x', 'y'), { minLength: 1 }) })
  .map(({ n, keys }) =>
    command(
      `spawn ${keys} by ${n}`,
      async (model, { sql }) => {
        const held = pickHeld(model, n)
        const parent = holderOf(model, held.lease)
        const call = verbs.spawn(sql, held, ...keys.map(key => ({ key, kind: 'b' })))
        if (!parent) return expect(await call).toEqual({ verdict: 'lost', children: [] })
        if (parent.cancel) return expect(await call).toEqual({ verdict: 'cancel', children: [] })
        if (generationOf(model, parent) >= 8) return expect(await refusal(call)).toBe('22023')
        if (parent.deadline !== undefined && parent.deadline <= model.now)
          return expect(await refusal(call)).toBe('22023')
        const { children } = await call
        expect(children.map(child => child.key).sort()).toEqual([...keys].sort())
        for (const { key, task_id: id } of children) {
          const childKey = `${parent.life}:${key}`
          const known = model.tasks.find(task => task.parent === parent.id && task.childKey === childKey)
          if (known) expect(id).toBe(known.id)
          else addTask(model, { ...childOf(parent), id, childKey })
        }
      },
      hasHeld,
    ),
  )

/** As a pipeline does that hands its work on. */
const handOvers = fc.nat().map(n =>
  command(
    `spawn x and wait by ${n}`,
    async (model, { sql }) => {
      const held = pickHeld(model, n)
      const parent = holderOf(model, held.lease)
      if (!parent || parent.cancel || parent.deadline !== undefined || generationOf(model, parent) >= 8) return
      const { children } = await verbs.spawn(sql, held, { key: 'x', kind: 'b' })
      const childKey = `${parent.life}:x`
      const id = only(children[0]).task_id
      if (!model.tasks.some(task => task.id === id)) addTask(model, { ...childOf(parent), id, childKey })
      const [status] = await verbs.settle(sql, { ...held, outcome: 'waiting' })
      expect(status).toBe(settle(model, held.lease, 'waiting'))
    },
    hasHeld,
  ),
)

// People --------------------------------------------------------------------------------------------------------------

const question = fc.record({ key: fc.constantFrom('x', 'y'), seconds: fc.constantFrom(undefined, undefined, 40) })

/** Asks a person, and mostly waits. */
const asks = fc
  .record({ n: fc.nat(), question, waits: fc.constantFrom(true, true, false) })
  .map(({ n, waits, ...said }) =>
    command(
      `ask ${said.question.key} by ${n}${waits ? ', and wait' : ''}`,
      async (model, { sql }) => {
        const held = pickHeld(model, n)
        const task = holderOf(model, held.lease)
        const { key, seconds } = said.question
        const verdict = await verbs.ask(sql, held, { key, ...(seconds && { expires_seconds: seconds }) })
        if (!task || task.cancel) return expect(verdict).toBe(task ? 'cancel' : 'lost')
        const until = seconds === undefined ? undefined : model.now + seconds
        if (!task.questions.some(known => known.key === key && known.life === task.life))
          task.questions.push({ key, life: task.life, status: 'open', until })
        if (!waits) return
        const [status] = await verbs.settle(sql, { ...held, outcome: 'waiting' })
        expect(status).toBe(settle(model, held.lease, 'waiting'))
      },
      hasHeld,
    ),
  )

const decides = fc.record({ n: fc.nat(), decision: fc.constantFrom('approve', 'reject') }).map(({ n, decision }) =>
  command(
    `${decision} question ${n}`,
    async (model, { sql }) => {
      const task = pick(asking(model), n)
      const asked = pick(openQuestions(task), n)
      const decided = refusal(sql`
        select public.decide_agent_approval(id, ${decision}) from public.agent_approvals
        where task_id = ${task.id} and life = ${asked.life} and key = ${asked.key}`)
      const isLate = asked.until !== undefined && asked.until <= model.now
      expect(await decided).toBe(isLate ? 'PT409' : undefined)
      if (!isLate) asked.status = decision === 'approve' ? 'approved' : 'rejected'
    },
    model => asking(model).length > 0,
  ),
)

const asking = (model: Readonly<Model>) => model.tasks.filter(task => openQuestions(task).length > 0)

const questionsExpire = fc.constant(
  command('end what nobody has decided in time', async (model, { sql }) => {
    await sql`select private.expire_approvals(100)`
    expireQuestions(model)
  }),
)

function childOf({ id, tenant, priority, deadline }: ModelTask) {
  return { parent: id, tenant, priority, deadline, kind: 'b' }
}

// Users and admins ----------------------------------------------------------------------------------------------------

const cancels = fc.nat().map(n =>
  command(
    `cancel ${n}`,
    async (model, { sql }) => {
      const task = pick(model.tasks, n)
      await sql`select public.cancel_agent_task(${task.id})`
      cancel(model, task)
    },
    hasTasks,
  ),
)

const retries = fc.nat().map(n =>
  command(
    `retry ${n}`,
    async (model, { sql }) => {
      const task = pick(model.tasks, n)
      const refused = await refusal(sql`select public.retry_agent_task(${task.id})`)
      const may = ['failed', 'cancelled'].includes(task.status)
      const isKept = may && isKeptByTurn(model, task, 'pending')
      expect(refused).toBe(isKept ? 'PT409' : may ? undefined : '22023')
      if (may && !isKept) setStatus(model, task, 'pending')
    },
    hasTasks,
  ),
)

const statusEdits = fc
  .record({ n: fc.nat(), status: fc.constantFrom(...STATUSES) })
  .map(({ n, status }) =>
    command(
      `set the status of ${n} to ${status}`,
      (model, { sql }) => editStatus(model, sql, pick(model.tasks, n), status),
      hasTasks,
    ),
  )

const waitingOnes = (model: Readonly<Model>) => model.tasks.filter(task => task.status === 'waiting')

const pushes = fc.nat().map(n =>
  command(
    `let ${n} of those that wait go on`,
    (model, { sql }) => editStatus(model, sql, pick(waitingOnes(model), n), 'pending'),
    model => waitingOnes(model).length > 0,
  ),
)

async function editStatus(model: Model, sql: postgres.Sql, task: ModelTask, status: string): Promise<void> {
  const isKept = isKeptByTurn(model, task, status)
  const refused = await refusal(edit(sql, task.id, { status }))
  expect(refused).toBe(isKept ? 'PT409' : setStatus(model, task, status) ? undefined : '22023')
}

const priorityEdits = fc.record({ n: fc.nat(), priority: fc.nat(2) }).map(({ n, priority }) =>
  command(
    `set the priority of ${n} to ${priority}`,
    async (model, { sql }) => {
      const task = pick(model.tasks, n)
      await edit(sql, task.id, { priority })
      task.priority = priority
    },
    hasTasks,
  ),
)

const deletes = fc.nat().map(n =>
  command(
    `delete ${n}`,
    async (model, { sql, versions }) => {
      const task = pick(model.tasks, n)
      await sql`delete from public.agent_task_requests where id = ${task.id}`
      remove(model, task)
      versions.delete(task.id)
    },
    hasTasks,
  ),
)

const pauses = fc.record({ kind: fc.constantFrom(...KINDS), paused: fc.boolean() }).map(({ kind, paused }) =>
  command(`${paused ? 'pause' : 'resume'} kind ${kind}`, async (model, { sql }) => {
    await sql`
      insert into worker.kinds (kind, paused_at) values (${kind}, ${paused ? new Date() : null})
      on conflict (kind) do update set paused_at = excluded.paused_at`
    if (paused) model.paused.add(kind)
    else model.paused.delete(kind)
  }),
)

const kindCaps = fc
  .record({ kind: fc.constantFrom(...KINDS), cap: fc.constantFrom(undefined, undefined, 0, 1, 2) })
  .map(({ kind, cap }) =>
    command(`cap kind ${kind} at ${cap}`, async (model, { sql }) => {
      await sql`
        insert into worker.kinds (kind, max_running) values (${kind}, ${cap ?? null})
        on conflict (kind) do update set max_running = excluded.max_running`
      if (cap === undefined) model.kindCaps.delete(kind)
      else model.kindCaps.set(kind, cap)
    }),
  )

const tenantCaps = fc.record({ n: fc.nat(1), cap: fc.constantFrom(undefined, undefined, 1, 2) }).map(({ n, cap }) =>
  command(`cap tenant ${n} at ${cap}`, async (model, { sql, tenants }) => {
    const tenant = only(tenants[n]) ?? ''
    await sql`
      insert into worker.tenants (tenant_id, max_running) values (${tenant}, ${cap ?? null})
      on conflict (tenant_id) do update set max_running = excluded.max_running`
    if (cap === undefined) model.tenantCaps.delete(tenant)
    else model.tenantCaps.set(tenant, cap)
  }),
)

const waits = fc.constantFrom(5, 35, 51, 61, 700).map(seconds =>
  command(`wait ${seconds} seconds`, async (model, { sql }) => {
    model.now += seconds
    await setClock(sql, model.now)
  }),
)

// Each as often as it is named.
export const COMMANDS = [
  ...[submits, submits, submits, submitsByKey],
  ...[claims, claims, claims, claims, settles, settles, settles, beats, beats, reaps, expires, spawns, handOvers],
  ...[says, says, says, says, asks, asks, decides, decides, questionsExpire],
  ...[cancels, retries, statusEdits, statusEdits, pushes, priorityEdits, deletes],
  ...[pauses, kindCaps, tenantCaps, waits, waits],
]

/** A command that does nothing but compare the database with the model, after each of the others. */
export async function compare(model: Model, { sql, versions }: Queue): Promise<void> {
  voidQuestions(model)
  const rows = await sql`
    select r.id, status, kind, priority, life, attempt, crash_count as crashes, snooze_count as snoozes,
      cancel_requested_at is not null as cancel, started_at is not null as started, run_at, r.deadline_at,
      finished_at is not null as ended, version::int, q.lease_id as lease, q.expires_at, (
        select coalesce(jsonb_agg(a.status order by a.life, a.key), '[]')
        from public.agent_approvals a where a.task_id = r.id) as questions
    from public.agent_task_requests r left join worker.queue q on q.task_id = r.id order by r.id`
  const seen = rows.map(({ version: _, ...row }) => row)
  const expected = model.tasks.map(task => ({
    id: task.id,
    status: task.status,
    kind: task.kind,
    priority: task.priority,
    life: task.life,
    attempt: task.attempt,
    crashes: task.crashes,
    snoozes: task.snoozes,
    cancel: task.cancel,
    started: task.started,
    run_at: toDate(task.runAt),
    deadline_at: toDate(task.deadline),
    ended: isEnded(task),
    lease: task.lease?.id ?? null,
    expires_at: toDate(task.lease?.until),
    questions: task.questions
      .toSorted((a, b) => a.life - b.life || (a.key < b.key ? -1 : 1))
      .map(asked => asked.status),
  }))
  expect(seen).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)))
  for (const { id, version } of rows) {
    expect(version, `the version of ${id}`).toBeGreaterThanOrEqual(versions.get(id) ?? 1)
    versions.set(id, version)
  }
}
