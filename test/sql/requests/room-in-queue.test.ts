import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, submit, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claim, settle } from '../verbs.ts'

const { sql, worker } = await setScene()
const people = await addPeople(sql)

function submitMany(count: number, owner = people.owner) {
  return as(
    sql,
    user(owner),
    tx => tx`
    insert into public.agent_task_requests (request_payload) select '{}' from generate_series(1, ${count})`,
  )
}

const REFUSAL = {
  code: 'PT429',
  message: 'You have 100 unfinished tasks, which is the limit.',
  hint: 'Wait for some of them to end, or cancel some.',
}

describe('the limit of unfinished tasks', () => {
  test('lets a user have 100', async () => {
    await submitMany(100)
    expect(await sql`select from public.agent_task_requests`).toHaveLength(100)
  })

  test('refuses the next one', async () => {
    await submitMany(100)
    await expect(submitMany(1)).rejects.toMatchObject(REFUSAL)
  })

  test('refuses a batch that goes beyond, as a whole', async () => {
    await expect(submitMany(101)).rejects.toMatchObject(REFUSAL)
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
  })

  test('counts scheduled and running tasks', async () => {
    await submitMany(99)
    await claim(worker, { slots: 50 })
    await as(
      sql,
      user(people.owner),
      tx => tx`
      insert into public.agent_task_requests (run_at) values (now() + interval '1 day')`,
    )
    await expect(submitMany(1)).rejects.toMatchObject(REFUSAL)
  })

  test('makes room when a task ends', async () => {
    await submitMany(100)
    const task = only((await claim(worker))[0])
    await settle(worker, { task: task.task_id, lease: task.lease_id, outcome: 'completed' })
    await submitMany(1)
    await expect(submitMany(1)).rejects.toMatchObject(REFUSAL)
  })

  test("leaves other users' room alone", async () => {
    await submitMany(100)
    await submitMany(1, people.colleague)
  })

  test('holds for service_role when it submits for the user', async () => {
    await submitMany(100)
    await expect(submit(worker, { user_id: people.owner })).rejects.toMatchObject(REFUSAL)
  })

  test('does not hold for rows of nobody', async () => {
    await sql`insert into public.agent_task_requests (request_payload) select '{}' from generate_series(1, 150)`
    expect(await sql`select from public.agent_task_requests`).toHaveLength(150)
  })

  test("tells a stranger nothing about another's tasks", async () => {
    const attempt = (tx: postgres.TransactionSql) =>
      tx`insert into public.agent_task_requests (user_id) values (${people.owner})`
    const before = await as(sql, user(people.stranger), attempt).catch((error: { code: string }) => error.code)
    await submitMany(100)
    const after = await as(sql, user(people.stranger), attempt).catch((error: { code: string }) => error.code)
    expect([before, after]).toEqual(['42501', '42501'])
  })
})
