import postgres from 'postgres'
import { afterAll, afterEach, beforeEach, expect } from 'vitest'
import { cloneDatabase } from '../support/database.ts'
import { addUser } from '../support/roles.ts'
import { only } from './only.ts'
import { violations } from './rules.ts'
import { claimOne, type Held, settle, spawn } from './verbs.ts'

type Json = postgres.JSONValue
type Row = Record<string, unknown>

/** What a test of the contract starts from: an own database with an empty queue before each test. */
interface Scene {
  /** The superuser: arranges, looks, and edits by hand as the table editor does. */
  sql: postgres.Sql
  /** One session of service_role, as a worker has it; `later` moves its clock. */
  worker: postgres.Sql
  /** Opens one more session, closed at the end of the file. */
  connect: (options?: SessionOptions) => Promise<postgres.Sql>
}

interface SessionOptions {
  /** Without it, the superuser's. */
  role?: 'service_role'
  onNotice?: (message: string) => void
}

/** A file's scene. After each of its tests the queue must be whole. */
export async function setScene(): Promise<Scene> {
  const { sql, url, drop } = await cloneDatabase()
  const sessions: postgres.Sql[] = []
  afterAll(async () => {
    await Promise.all(sessions.map(session => session.end({ timeout: 1 })))
    await drop()
  })
  async function connect({ role, onNotice }: SessionOptions = {}) {
    const session = postgres(url, { max: 1, onnotice: notice => onNotice?.(notice.message ?? '') })
    sessions.push(session)
    // A deadlock is found at once instead of after a second.
    await session`set deadlock_timeout = '50ms'`
    if (role) await session`set role ${session(role)}`
    return session
  }
  const worker = await connect({ role: 'service_role' })
  beforeEach(async () => {
    // A test that failed may have left a transaction open.
    await Promise.all(sessions.map(session => session`rollback`))
    await Promise.all(sessions.map(session => session`select set_config('worker.fake_now', '', false)`))
    await sql`delete from public.agent_task_requests`
    await sql`delete from public.agent_sessions`
    await sql`delete from worker.queue`
    await sql`delete from worker.lanes`
    await sql`delete from worker.kinds`
    await sql`delete from worker.tenants`
    await sql`delete from worker.budgets`
    await sql`delete from worker.rate_limits`
    await sql`delete from public.agent_usage`
    await sql`delete from worker.parents_to_check`
    await sql`delete from worker.workers`
  })
  afterEach(async () => {
    await Promise.all(sessions.map(session => session`rollback`))
    expect(await violations(sql), 'what must hold after each test').toEqual([])
  })
  return { sql, worker, connect }
}

/** Stops the session's clock at `interval` after the real time. */
export async function later(session: postgres.Sql, interval: string): Promise<void> {
  await session`select set_config('worker.fake_now', (clock_timestamp() + ${interval}::interval)::text, false)`
}

// Requests ------------------------------------------------------------------------------------------------------------

/** Inserts a request as the table editor does; returns its id. */
export async function submit(sql: postgres.Sql, values: Row = {}): Promise<string> {
  const row = { status: 'pending', request_payload: { prompt: 'Why is the sky blue?' }, ...values }
  const [inserted] = await sql<{ id: string }[]>`insert into public.agent_task_requests ${sql(row)} returning id`
  return only(inserted).id
}

export async function request(sql: postgres.Sql, id: string): Promise<Row> {
  const [row] = await sql`select * from public.agent_task_requests where id = ${id}`
  return only(row)
}

/** Changes a request by hand, as an admin does in the table editor. */
export async function edit(sql: postgres.Sql, id: string, values: Row): Promise<void> {
  await sql`update public.agent_task_requests set ${sql(values)} where id = ${id}`
}

/** A request in the given state, reached as far as possible by the verbs. */
export async function requestIn(status: string, { sql, worker }: Scene, values: Row = {}): Promise<string> {
  if (status === 'pending') return submit(sql, values)
  if (status === 'scheduled') return submit(sql, { ...values, run_at: new Date(Date.now() + 3_600_000) })
  const held = await submitAndClaim({ sql, worker }, values)
  if (status === 'waiting') {
    await spawn(worker, held, { key: 'a', kind: 'child' })
    await settle(worker, { ...held, outcome: 'waiting' })
    return held.task
  }
  if (status === 'cancelled')
    await sql`update public.agent_task_requests set cancel_requested_at = now() where id = ${held.task}`
  if (status !== 'processing') await settle(worker, { ...held, outcome: status, detail: ENDS[status] ?? {} })
  return held.task
}

const ENDS: Record<string, Json> = {
  completed: { response: { answer: 'It scatters.' } },
  failed: { error: { code: 'internal', message: 'It broke.', retryable: false } },
}

/** Submits a request with the highest priority, and claims it. */
export async function submitAndClaim({ sql, worker }: Pick<Scene, 'sql' | 'worker'>, values: Row = {}): Promise<Held> {
  const task = await submit(sql, { ...values, priority: 9 })
  const held = await claimOne(worker, { kinds: [String(values.kind ?? 'assistant')] })
  expect(held.task).toBe(task)
  return held
}

export const STATES = ['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']

/** In so many milliseconds from now. */
export function inMs(ms: number): Date {
  return new Date(Date.now() + ms)
}

// Concurrency ---------------------------------------------------------------------------------------------------------

/** Does `act` once the session that runs `waiting` waits for a lock; gives both results. */
export function whileWaiting<A, B>(sql: postgres.Sql, waiting: Promise<A>, act: () => Promise<B>): Promise<[A, B]> {
  return Promise.all([waiting, someoneWaits(sql).then(act)])
}

/** Resolves as soon as a session of this database waits for another's lock. */
async function someoneWaits(sql: postgres.Sql): Promise<void> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; ) {
    const waiting = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (waiting.length > 0) return
  }
  throw new Error('No session waits for a lock.')
}

/**
 * Resolves when every transaction has ended that is older than what stands in line. Those of other tests count, too: they
 * share the cluster.
 */
export async function olderEnded(sql: postgres.Sql): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    const [row] = await sql`select private.oldest_transaction() > max(entered) as ended from worker.queue`
    if (row?.ended) return
  }
  throw new Error('An older transaction stays open.')
}

// People --------------------------------------------------------------------------------------------------------------

/** An enterprise with an owner of tasks, a colleague and an admin; a stranger in another; one who looks after all. */
export async function addPeople(sql: postgres.Sql) {
  const acme = await addEnterprise(sql, 'Acme')
  const globex = await addEnterprise(sql, 'Globex')
  const platformAdmin = await addUser(sql, 'root@liverow.test')
  await sql`insert into public.platform_admins (user_id) values (${platformAdmin})`
  return {
    acme,
    globex,
    owner: await addMember(sql, acme, 'owner@acme.test'),
    colleague: await addMember(sql, acme, 'colleague@acme.test'),
    admin: await addMember(sql, acme, 'admin@acme.test', 'admin'),
    stranger: await addMember(sql, globex, 'stranger@globex.test', 'admin'),
    platformAdmin,
  }
}

export async function addEnterprise(sql: postgres.Sql, name: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`insert into public.enterprises (name) values (${name}) returning id`
  return only(row).id
}

export async function addMember(
  sql: postgres.Sql,
  enterprise: string,
  email: string,
  role = 'member',
): Promise<string> {
  const id = await addUser(sql, email)
  await sql`insert into public.enterprise_members (enterprise_id, user_id, role) values (${enterprise}, ${id}, ${role})`
  return id
}

export async function removeMember(sql: postgres.Sql, user: string): Promise<void> {
  await sql`delete from public.enterprise_members where user_id = ${user}`
}

export function user(id: string) {
  return { role: 'authenticated', sub: id } as const
}
