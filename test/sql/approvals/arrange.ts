import type postgres from 'postgres'
import { as, type Caller } from '../../support/roles.ts'
import { submitAndClaim } from '../arrange.ts'
import { only } from '../only.ts'
import { ask, type Held, settle } from '../verbs.ts'

export interface Approval {
  id: string
  status: string
  [column: string]: unknown
}

export const SERVER: Caller = { role: 'service_role' }

/** The approvals of a task, in the order of their keys. */
export async function approvalsOf(sql: postgres.Sql, task: string): Promise<Approval[]> {
  return await sql<Approval[]>`select * from public.agent_approvals where task_id = ${task} order by life, key`
}

interface Scene {
  sql: postgres.Sql
  worker: postgres.Sql
}

type Question = NonNullable<Parameters<typeof ask>[2]>

/** A claimed task that has asked one thing; `held` still runs. */
export async function asked({ sql, worker }: Scene, question: Question = {}, values: Record<string, unknown> = {}) {
  const held = await submitAndClaim({ sql, worker }, values)
  await ask(worker, held, question)
  const approval = only((await approvalsOf(sql, held.task))[0])
  return { held, task: held.task, id: approval.id }
}

/** As above, and it has come to wait. */
export async function parked(scene: Scene, question: Question = {}, values: Record<string, unknown> = {}) {
  const { held, ...rest } = await asked(scene, question, values)
  await park(scene.worker, held)
  return rest
}

export async function park(worker: postgres.Sql, held: Held): Promise<string | undefined> {
  return (await settle(worker, { ...held, outcome: 'waiting' }))[0]
}

interface Decision {
  id: string
  decision?: string
  reason?: string | null
  edited?: postgres.JSONValue
}

/** Approves, where nothing else is said. */
export async function decide(
  sql: postgres.Sql,
  caller: Caller,
  { id, decision = 'approve', reason = null, edited }: Decision,
): Promise<Approval> {
  const json = edited === undefined ? null : JSON.stringify(edited)
  return as(sql, caller, async tx => {
    const [row] = await tx<Approval[]>`
      select * from public.decide_agent_approval(${id}, ${decision}, ${reason}, ${json}::text::jsonb)`
    return only(row)
  })
}

export async function decisionsOn(sql: postgres.Sql, id: string) {
  return [
    ...(await sql`
    select user_id, decision, reason, edited_arguments from public.agent_approval_decisions
    where approval_id = ${id} order by id`),
  ]
}
