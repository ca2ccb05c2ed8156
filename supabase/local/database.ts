import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getAuthSchemaSql } from '@supabase/lite'
import postgres from 'postgres'
import { runCli } from './cli.ts'
import { ROOT } from './settings.ts'

const MIGRATIONS = join(ROOT, 'supabase/migrations')

/**
 * Makes a plain database what a hosted project is after `supabase db push`: the platform, Auth's tables, Realtime's
 * schema, then every migration that is not in it yet. May run again at any time. The one way to a full database, for
 * `npm start` and for the tests.
 *
 * @throws with the CLI's own words when a migration fails.
 */
export async function prepareDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql.unsafe(await readFile(join(import.meta.dirname, 'platform.sql'), 'utf8'))
    await sql.unsafe(getAuthSchemaSql())
    await sql.unsafe(await readFile(join(import.meta.dirname, 'realtime/schema.sql'), 'utf8'))
    if (await hasPendingMigrations(sql)) await runCli(url, ['db', 'push', '--yes'])
  } finally {
    await sql.end()
  }
}

/** Asks the database first: the CLI takes about a second to find out that nothing is to be done. */
async function hasPendingMigrations(sql: postgres.Sql): Promise<boolean> {
  const files = (await readdir(MIGRATIONS)).filter(file => file.endsWith('.sql'))
  const [history] = await sql`select to_regclass('supabase_migrations.schema_migrations') is not null as exists`
  if (!history?.exists) return files.length > 0
  const rows = await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`
  const applied = new Set(rows.map(row => row.version))
  return files.some(file => !applied.has(file.split('_')[0] ?? file))
}
