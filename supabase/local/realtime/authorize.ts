import type { Sql } from 'postgres'
import { actAs, type Viewpoint } from './act-as.ts'
import { literal } from './sql-text.ts'

/** The two things a private channel can carry; policies tell them apart by the column `extension`. */
export type Extension = 'broadcast' | 'presence'

/** What someone may read on one topic. */
export type ReadAccess = Record<Extension, boolean>

/** A viewpoint on one topic. */
type TopicView = Required<Viewpoint>

/** Asks the select policies on `realtime.messages`: a probe row of each extension is visible or it is not. */
export async function readAccess(sql: Sql, view: TopicView): Promise<ReadAccess> {
  const topic = literal(view.topic)
  const seen = await actAs<{ extension: string }>(
    sql,
    view,
    `select extension from realtime.messages where topic = ${topic} and event is null`,
    `insert into realtime.messages (topic, extension) values (${topic}, 'broadcast'), (${topic}, 'presence')`,
  ).catch(denied)
  const extensions = seen.map(row => row.extension)
  return { broadcast: extensions.includes('broadcast'), presence: extensions.includes('presence') }
}

/** Asks the insert policies on `realtime.messages`: the insert goes through or it does not. */
export async function mayWrite(sql: Sql, view: TopicView, extension: Extension): Promise<boolean> {
  const values = `${literal(view.topic)}, ${literal(extension)}`
  const probe = `insert into realtime.messages (topic, extension) values (${values}) returning extension`
  const written = await actAs<{ extension: string }>(sql, view, probe).catch(denied)
  return written.length > 0
}

/** Whether policies apply to this role at all. */
export async function bypassesPolicies(sql: Sql, role: string): Promise<boolean> {
  const rows = await sql`select 1 from pg_catalog.pg_roles where rolname = ${role} and (rolbypassrls or rolsuper)`
  return rows.length > 0
}

// Insufficient privilege, an unknown role, or a policy that fails is a no; a lost connection is not an answer.
function denied(error: unknown): { extension: string }[] {
  const code = (error as { code?: unknown }).code
  if (typeof code === 'string' && /^(22|23|42|P0)/.test(code)) return []
  throw error
}
