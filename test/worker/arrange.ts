import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import { afterAll, afterEach } from 'vitest'
import { DatabaseError, type Db, type FunctionName, openDb } from '../../worker/db.ts'
import type { Telemetry } from '../../worker/telemetry.ts'
import { cloneDatabase } from '../support/database.ts'
import type { Stack } from '../support/stack.ts'

export type Row = Record<string, unknown>

/** A database of the test file's own, and connections of workers to it that are closed after each test. */
export interface Scene {
  url: string
  /** The superuser: arranges, looks, and edits by hand as the table editor does. */
  sql: postgres.Sql
  /** Opens one more connection of a worker. */
  connect: (url?: string) => Db
  /** Runs at the end of the test, the latest first. */
  atEnd: (end: () => unknown) => void
}

/** @param stack whose database it is, where there is one already; the caller ends it. */
export async function setScene(stack?: Pick<Stack, 'sql' | 'databaseUrl'>): Promise<Scene> {
  const { sql, url, drop } = stack ? { ...stack, url: stack.databaseUrl, drop: () => undefined } : await cloneDatabase()
  const ends: (() => unknown)[] = []
  const atEnd = (end: () => unknown) => void ends.push(end)
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    await sql`delete from public.agent_task_requests`
    await sql`delete from worker.workers`
  })
  afterAll(drop)
  return { url, sql, connect: (at = url) => connectTo(at, atEnd), atEnd }
}

function connectTo(url: string, atEnd: Scene['atEnd']): Db {
  const db = openDb({ databaseUrl: url, supabase: { url: 'http://unused', key: '' } })
  atEnd(() => db.close())
  return db
}

/** Calls `look` until it gives something, and gives it back. For what no event tells. */
export async function waitFor<T>(what: string, look: () => T | Promise<T>, ms = 10_000): Promise<NonNullable<T>> {
  for (const end = performance.now() + ms; performance.now() < end; await pause(5)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`Waited ${ms} ms in vain for ${what}.`)
}

/** Telemetry that writes nothing and remembers everything. */
export type Told = {
  telemetry: Telemetry
  /** What was told under this name, in order: the arguments of each call. */
  of: (name: keyof Telemetry) => unknown[][]
  /** Waits until this has been told so many times. */
  until: (name: keyof Telemetry, times?: number) => Promise<unknown[]>
}

export function listenIn(): Told {
  const told: { name: string; args: unknown[] }[] = []
  const record = (name: string) => (args: unknown[]) => void told.push({ name, args })
  const telemetry = new Proxy({} as Telemetry, {
    get:
      (_, name) =>
      (...args: unknown[]) =>
        record(String(name))(args),
  })
  const of = (name: keyof Telemetry) => told.filter(each => each.name === name).map(each => each.args)
  const until = (name: keyof Telemetry, times = 1) => waitFor(`${name} told ${times}×`, () => of(name)[times - 1])
  return { telemetry, of, until }
}

type Hook = (name: FunctionName, args: Record<string, unknown>) => unknown

/** The same connection, with a look at each call before it is made and after it has been answered. */
export function intercept(db: Db, { before, after }: { before?: Hook; after?: Hook }): Db {
  return {
    ...db,
    call: async (name, args) => {
      await before?.(name, args)
      const result = await db.call(name, args)
      await after?.(name, args)
      return result
    },
  }
}

/** What a call throws that does not reach the database. */
export function outage(): DatabaseError {
  return new DatabaseError('The database cannot be reached.', undefined, undefined)
}

/** Inserts a request as the table editor does; returns its id. */
export async function submit(sql: postgres.Sql, values: Row = {}): Promise<string> {
  const row = { status: 'pending', request_payload: { prompt: 'Why is the sky blue?' }, ...values }
  const [inserted] = await sql<{ id: string }[]>`insert into public.agent_task_requests ${sql(row)} returning id`
  return only(inserted).id
}

export async function rowOf(sql: postgres.Sql, id: string): Promise<Row> {
  const [row] = await sql`select * from public.agent_task_requests where id = ${id}`
  return only(row)
}

/** Waits until the row has this status, and returns it. */
export async function rowWhen(sql: postgres.Sql, id: string, status: string): Promise<Row> {
  return waitFor(`${id} to be ${status}`, async () => {
    const row = await rowOf(sql, id)
    return row.status === status ? row : undefined
  })
}

/** Asks for the end of a task as its user does. */
export async function cancel(sql: postgres.Sql, id: string): Promise<void> {
  await sql`update public.agent_task_requests set cancel_requested_at = now() where id = ${id}`
}

/** As if the worker that holds it had been dead for long. */
export async function expireLease(sql: postgres.Sql, id: string): Promise<void> {
  await sql`update worker.leases set expires_at = now() - interval '1 hour' where task_id = ${id}`
}

/** The one that must be there. */
export function only<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('Something was expected, and nothing is there.')
  return value
}
