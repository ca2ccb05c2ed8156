import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import postgres from 'postgres'
import { expect, inject } from 'vitest'

/** A test file's own copy of the migrated database. */
export interface TestDatabase {
  url: string
  /** Superuser's connections; closed by `drop`. */
  sql: postgres.Sql
  /** Removes the database. Fails, naming them, when connections other than `sql` are still open. */
  drop: () => Promise<void>
}

// Copies of one template take turns; any number that no one else locks will do.
const CLONE_LOCK = 54_322

/** Copies the migrated template database: everything a hosted project has after `supabase db push`, and no rows. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const name = `test_${callingFile()}_${randomBytes(4).toString('hex')}`
  await asAdmin(async admin => {
    await admin`select pg_advisory_lock(${CLONE_LOCK})`
    await admin`create database ${admin(name)} template ${admin(inject('templateDatabase'))}`
  })
  const url = Object.assign(new URL(inject('clusterUrl')), { pathname: `/${name}` }).href
  const sql = postgres(url, { onnotice: () => undefined })
  return {
    url,
    sql,
    drop: async () => {
      await sql.end({ timeout: 5 })
      await asAdmin(admin => dropDatabase(admin, name))
    },
  }
}

/** PostgreSQL itself waits up to five seconds for connections that are just closing. */
async function dropDatabase(admin: postgres.Sql, name: string): Promise<void> {
  try {
    await admin`drop database ${admin(name)}`
  } catch (cause) {
    const open = await admin`select application_name, state, query from pg_stat_activity where datname = ${name}`
    await admin`drop database if exists ${admin(name)} with (force)`
    throw new Error(`Connections left open in ${name}: ${JSON.stringify(open)}`, { cause })
  }
}

/** The lock of a clone ends with the connection. */
async function asAdmin(action: (admin: postgres.Sql) => Promise<void>): Promise<void> {
  const admin = postgres(inject('clusterUrl'), { max: 1, onnotice: () => undefined })
  try {
    await action(admin)
  } finally {
    await admin.end()
  }
}

function callingFile(): string {
  const file = basename(expect.getState().testPath ?? 'unknown')
  return file
    .replace(/\.test\.tsx?$/, '')
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toLowerCase()
    .slice(0, 40)
}
