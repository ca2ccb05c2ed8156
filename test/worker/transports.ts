import type postgres from 'postgres'
import { afterAll } from 'vitest'
import { type Db, openDb } from '../../worker/db.ts'
import { startStack } from '../support/stack.ts'

/** The two ways to one database. */
export type Transports = {
  sql: postgres.Sql
  /** The address of each way. */
  at: Record<Way, string>
  open: (way: Way, at?: string) => Db
  /** A connection whose credentials the database does not accept. */
  openRefused: (way: Way) => Db
}
export type Way = 'postgres' | 'realtime'

export const WAYS: Way[] = ['postgres', 'realtime']

/** A project of the test file's own; its connections are closed at the end of the file. */
export async function startTransports(): Promise<Transports> {
  const stack = await startStack()
  const dbs: Db[] = []
  afterAll(async () => {
    await Promise.all(dbs.map(db => db.close()))
    await stack.stop()
  })
  const keep = (db: Db) => {
    dbs.push(db)
    return db
  }
  const project = (key: string, url = stack.url) => ({ supabase: { url, key }, databaseUrl: undefined })
  const direct = (databaseUrl: string) => ({ ...project(''), databaseUrl })
  const refused = Object.assign(new URL(stack.databaseUrl), { username: 'nobody', password: 'wrong' }).href
  const at = { postgres: stack.databaseUrl, realtime: stack.url }
  return {
    sql: stack.sql,
    at,
    open: (way, url = at[way]) => keep(openDb(way === 'postgres' ? direct(url) : project(stack.serviceKey, url))),
    openRefused: way => keep(openDb(way === 'postgres' ? direct(refused) : project(stack.anonKey))),
  }
}
