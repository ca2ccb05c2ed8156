import { randomBytes } from 'node:crypto'
import postgres, { type Sql } from 'postgres'
import type { Settings } from './options.ts'

/** Connections for checks and rendering. */
export type Pool = {
  sql: Sql
  /** Ends within seconds, whatever the statements wait for. */
  end(): Promise<void>
}

const graceMs = 1_000
const lastResortSeconds = 5

/** Makes a pool; it connects at the first statement. */
export function openPool({ databaseUrl, log }: Settings): Pool {
  const name = `realtime ${randomBytes(4).toString('hex')}`
  const sql = postgres(databaseUrl, {
    max: 4,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    // A check that waits for a migration's lock must not hold up everybody else for ever.
    connection: {
      application_name: name,
      TimeZone: 'UTC',
      standard_conforming_strings: 'on',
      statement_timeout: 10_000,
    },
  })
  return {
    sql,
    async end() {
      // A statement that the driver has given up still runs, and its connection stays open until it ends.
      const hurry = setTimeout(() => terminate(databaseUrl, name).catch(error => log(`${error}`)), graceMs)
      await sql.end({ timeout: lastResortSeconds })
      clearTimeout(hurry)
    },
  }
}

async function terminate(databaseUrl: string, name: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, fetch_types: false })
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`
  await sql.end({ timeout: 1 })
}
