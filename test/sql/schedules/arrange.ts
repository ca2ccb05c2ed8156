import type postgres from 'postgres'
import { only } from '../only.ts'

type Row = Record<string, unknown>

/** A schedule of the owner's that the tests need to know no more of. */
const DAILY = { name: 'Morning report', cron: '0 8 * * *', request_payload: { prompt: 'What is new?' } }

/** Makes a schedule as the dashboard does; returns its id. */
export async function addSchedule(sql: postgres.Sql, values: Row): Promise<string> {
  const row = { ...DAILY, ...values }
  const [made] = await sql<{ id: string }[]>`insert into public.agent_task_schedules ${sql(row)} returning id`
  return only(made).id
}

export async function schedule(sql: postgres.Sql, id: string): Promise<Row> {
  const [row] = await sql`select * from public.agent_task_schedules where id = ${id}`
  return only(row)
}

export async function change(sql: postgres.Sql, id: string, values: Row): Promise<void> {
  await sql`update public.agent_task_schedules set ${sql(values)} where id = ${id}`
}

export function remove(sql: postgres.Sql, id: string) {
  return sql`delete from public.agent_task_schedules where id = ${id}`
}

/** The requests that a schedule has made, in the order of ticks. */
export function tasksOf(sql: postgres.Sql, id: string) {
  return sql`select * from public.agent_task_requests where schedule_id = ${id} order by scheduled_for`
}

export function due(worker: postgres.Sql, limit = 100) {
  return worker<{ id: string; version: string; now: Date; [column: string]: unknown }[]>`
    select * from worker.due_schedules(${limit})`
}

/** What a worker has seen of a schedule. */
export interface Seen {
  id: string
  version: unknown
}

export async function see(sql: postgres.Sql, id: string): Promise<Seen> {
  return { id, version: (await schedule(sql, id)).version }
}

export const NEXT = new Date('2030-01-04T08:00:00Z')
/** Three ticks, of three days. */
export const TICKS = ['2030-01-01T08:00:00Z', '2030-01-02T08:00:00Z', '2030-01-03T08:00:00Z'].map(
  text => new Date(text),
)

interface Ticking {
  ticks?: Date[]
  to?: Date
  next?: Date
}

/** Hands ticks in; returns how many tasks that made. */
export async function tick(worker: postgres.Sql, seen: Seen, options: Ticking = {}): Promise<number> {
  const { ticks = TICKS.slice(0, 1), to = ticks.at(-1) ?? NEXT, next = NEXT } = options
  const [row] = await worker`
    select worker.tick_schedule(${seen.id}, ${String(seen.version)}, ${ticks.map(at => at.toISOString())}, ${to}, ${next}) as made`
  return only(row).made
}

export async function refuse(worker: postgres.Sql, seen: Seen): Promise<boolean> {
  const [row] = await worker`
    select worker.refuse_schedule(${seen.id}, ${String(seen.version)}, 'invalid_cron', 'Mend it.') as paused`
  return only(row).paused
}
