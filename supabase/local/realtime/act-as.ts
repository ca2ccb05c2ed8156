import type { Row, Sql } from 'postgres'
import type { Identity } from './claims.ts'
import { literal } from './sql-text.ts'

/** Whose eyes a probe looks through, and where it stands. */
export type Viewpoint = {
  identity: Identity
  /** Set for channel policies only; policies of tables cannot see it. */
  topic?: string
  headers?: Record<string, string>
}

/**
 * Runs the statement `probe` with the role and claims of someone else and gives back its rows; whatever it did is rolled
 * back. `prepare` runs first, still as the owner, for rows that the probe has to find.
 *
 * All goes in one message, which PostgreSQL takes as one transaction: one round trip, and nothing to tidy up after an
 * error. (The driver's own `begin` sends its rollback even down a connection that is lost, and throws out of reach.)
 */
export async function actAs<T extends Row>(
  sql: Sql,
  viewpoint: Viewpoint,
  probe: string,
  prepare?: string,
): Promise<T[]> {
  const settings = literal(JSON.stringify(settingsOf(viewpoint)))
  const statements = [
    `select set_config(key, value, true) from json_each_text(${settings}::json)`,
    ...(prepare ? [prepare] : []),
    `select set_config('role', ${literal(viewpoint.identity.role)}, true)`,
    probe,
    'rollback',
  ]
  // The driver gives one result per statement that returns rows, and the probe is the last of them.
  const results = await sql.unsafe<T[][]>(statements.join(';\n')).simple()
  return results.at(-1) ?? []
}

// Hosted sets only the claims for table policies; auth.uid() of @supabase/lite reads the single settings instead.
function settingsOf({ identity, topic, headers }: Viewpoint): Record<string, string> {
  const { role, claims } = identity
  return {
    'request.jwt.claims': JSON.stringify(claims),
    'request.jwt.claim.sub': String(claims.sub ?? ''),
    'request.jwt.claim.role': role,
    'request.jwt.claim.email': String(claims.email ?? ''),
    ...(topic !== undefined && { 'realtime.topic': topic }),
    ...(headers && { 'request.headers': JSON.stringify(headers) }),
  }
}
