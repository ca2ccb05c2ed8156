import type postgres from 'postgres'
import type { Delta } from '../../../shared/deltas.ts'
import { addUser } from '../../support/roles.ts'
import type { Crew } from './crew.ts'
import type { Point } from './points.ts'

/** What there is to see of a task when it has ended. */
export type Ended = {
  id: string
  order: string
  /** Where it could have died. */
  points: Point[]
  deaths: number
  status: string
  response: { answer: string; title: string } | null
  problems: string[]
  effects: { name: string; call_id: string }[]
  notes: { user_id: string }[]
  user: string
  steps: { key: string; kind: string; name: string; status: string; output: never; tokens: number | null }[]
  deltas: Delta[]
  approvals: { key: string; status: string }[]
  usedTokens: number
  usedRequests: number
  session: { role?: string; type?: string; content?: unknown }[]
}

const MOST_ATTEMPTS = 12
let orders = 0

/**
 * Has one task done, by as many workers as it takes, and decides what it asks in between.
 *
 * @param planned where workers are to die, one an attempt at the most
 */
export async function playTask(sql: postgres.Sql, crew: Crew, planned: Point[]): Promise<Ended> {
  const order = `#${++orders}x`
  const kind = `order-${orders}`
  const user = await addUser(sql, `${kind}@chaos.test`)
  const [session] = await sql<{ id: string }[]>`
    insert into public.agent_sessions (user_id) values (${user}) returning id`
  await remember(sql, String(session?.id))
  const [request] = await sql<{ id: string }[]>`
    insert into public.agent_task_requests (status, kind, user_id, session_id, request_payload)
    values ('pending', ${kind}, ${user}, ${String(session?.id)}, ${sql.json({ order })}) returning id`
  const id = String(request?.id)
  const points: Point[] = []
  const problems: string[] = []
  let deaths = 0
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const death = planned.find(point => point.attempt === attempt) ?? null
    const report = await crew.attempt({ kind, death })
    if (report?.problem) problems.push(report.problem)
    points.push(...(report?.passed ?? []).map(point => ({ attempt, ...point })))
    if (!report) {
      deaths += 1
      await bury(sql, id)
    }
    const status = await decideAll(sql, id)
    if (['completed', 'failed', 'cancelled'].includes(status)) break
  }
  return { id, order, user, points, deaths, problems, ...(await look(sql, id, kind, String(session?.id))) }
}

/** What was said in the session before. */
async function remember(sql: postgres.Sql, session: string): Promise<void> {
  const item = {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Hello' }],
  }
  await sql`insert into public.agent_session_items (session_id, seq, kind, item, created_at)
    values (${session}, 1, 'item', ${sql.json(item)}, now())`
}

/** Lets the lease of a dead worker run out. */
async function bury(sql: postgres.Sql, id: string): Promise<void> {
  await sql`update worker.leases set expires_at = now() - interval '1 hour' where task_id = ${id}`
  await sql`select worker.reap(10)`
}

/** Approves what is asked, one after the other; returns the task's status. */
async function decideAll(sql: postgres.Sql, id: string): Promise<string> {
  const open = await sql<{ id: string; tool_name: string; arguments: { order: string } }[]>`
    select id, tool_name, arguments from public.agent_approvals
    where task_id = ${id} and status = 'open' order by tool_name`
  for (const question of open) {
    const edited = question.tool_name === 'blast' ? sql.json({ ...question.arguments, grams: 7 }) : null
    await sql`select public.decide_agent_approval(${question.id}, 'approve', null, ${edited})`
  }
  // A crash puts a task off; that is another test's.
  await sql`update public.agent_task_requests set run_at = now() where id = ${id} and status = 'scheduled'`
  const [row] = await sql`select status from public.agent_task_requests where id = ${id}`
  return String(row?.status)
}

async function look(sql: postgres.Sql, id: string, kind: string, session: string) {
  const [row] = await sql`select status, response_payload from public.agent_task_requests where id = ${id}`
  const [used] = await sql`
    select coalesce(sum(input_tokens + output_tokens), 0)::integer as tokens, coalesce(sum(requests), 0)::integer as requests
    from public.agent_usage where kind = ${kind}`
  const items = await sql`select item from public.agent_session_items where session_id = ${session} order by seq`
  return {
    status: String(row?.status),
    response: row?.response_payload as Ended['response'],
    effects: (await sql`select name, call_id from chaos.effects where task_id = ${id} order by id`) as never,
    notes: (await sql`select user_id from chaos.notes where task_id = ${id}`) as never,
    steps: (await sql`
      select key, kind, name, status, output, (usage ->> 'totalTokens')::integer as tokens
      from public.agent_task_steps where task_id = ${id} order by id`) as never,
    deltas: (await sql`
      select seq, kind, step_key, data from public.agent_task_deltas where task_id = ${id} order by seq`) as never,
    approvals: (await sql`select key, status from public.agent_approvals where task_id = ${id} order by key`) as never,
    usedTokens: Number(used?.tokens),
    usedRequests: Number(used?.requests),
    session: items.map(({ item }) => item) as Ended['session'],
  }
}
