import type postgres from 'postgres'
import { as, type Caller } from '../../support/roles.ts'
import { only } from '../only.ts'
import { type Held, recordSteps } from '../verbs.ts'

type Json = postgres.JSONValue

/** Begins a conversation by hand; returns its id. */
export async function begin(sql: postgres.Sql, values: Record<string, unknown>): Promise<string> {
  const [row] = await sql`insert into public.agent_sessions ${sql(values)} returning id`
  return only(row).id
}

interface Task {
  id: string
  status: string
  [column: string]: unknown
}

/** Submits to a conversation as the Data API does. */
export async function say(
  sql: postgres.Sql,
  caller: Caller,
  session: string,
  values: Record<string, unknown> = {},
): Promise<Task> {
  return as(sql, caller, async tx => {
    const row = { request_payload: { prompt: 'Why?' }, session_id: session, ...values }
    const [task] = await tx<Task[]>`insert into public.agent_task_requests ${tx(row)} returning *`
    return only(task)
  })
}

export const said = (text: string) => ({ role: 'user', content: text })

export const answered = (text: string) => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
})

interface Frozen {
  verdict: string
  items: Json[]
  after?: number
  until?: number
}

export async function freeze(worker: postgres.Sql, { task, lease }: Held, ...items: Json[]): Promise<Frozen> {
  const rows = items.map(item => JSON.stringify(item))
  const [row] = await worker`select worker.freeze_history(${task}, ${lease}, ${rows}::text[]::jsonb[]) as frozen`
  return only(row).frozen
}

/** What the worker notes before it settles. */
export function noteTurn(worker: postgres.Sql, held: Held, output: Json): Promise<string> {
  return recordSteps(worker, held, { key: 'turn:', kind: 'turn', agent: '', name: '', status: 'done', output })
}

export async function itemsOf(sql: postgres.Sql, session: string): Promise<Json[]> {
  const rows = await sql`select item from public.agent_session_items where session_id = ${session} order by seq`
  return rows.map(row => row.item)
}
