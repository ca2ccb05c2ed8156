import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, request, setScene, submit, submitAndClaim, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, spawn } from '../verbs.ts'
import { admitCall, at, limitSpending, spend } from './arrange.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const owners = { user_id: people.owner, enterprise_id: people.acme }

const CONTINUE = { verdict: 'continue' }
const spent = (reason: string) => ({ verdict: 'budget', reason })

describe('worker.admit_call', () => {
  test('lets a call pass when nothing is limited, with or without a price', async () => {
    const held = await submitAndClaim(scene)
    await spend(worker, held.task, { input: 1e9, cost: 1e5 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    expect(await admitCall(worker, held, { isPriced: false })).toEqual(CONTINUE)
  })

  test('tells an attempt without its lease that it is lost', async () => {
    const held = await submitAndClaim(scene, { token_budget: 1 })
    expect(await admitCall(worker, { ...held, lease: crypto.randomUUID() })).toEqual({ verdict: 'lost' })
    await edit(sql, held.task, { status: 'pending' })
    expect(await admitCall(worker, held)).toEqual({ verdict: 'lost' })
  })

  test('passes a cancel on, which weighs more than a spent budget', async () => {
    const held = await submitAndClaim(scene, { ...owners, token_budget: 1 })
    await spend(worker, held.task, { input: 1 })
    await as(sql, user(people.owner), tx => tx`select public.cancel_agent_task(${held.task})`)
    expect(await admitCall(worker, held)).toEqual({ verdict: 'cancel' })
  })

  test('waits for nobody who holds the task', async () => {
    const held = await submitAndClaim(scene, { token_budget: 10 })
    await sql.begin(async tx => {
      await tx`select from public.agent_task_requests where id = ${held.task} for update`
      await tx`select from worker.queue where task_id = ${held.task} for update`
      expect(await admitCall(worker, held)).toEqual(CONTINUE)
    })
  })
})

describe('a token budget of a task', () => {
  test('ends it when reached exactly, counting input and output', async () => {
    const held = await submitAndClaim(scene, { token_budget: 100 })
    await spend(worker, held.task, { input: 80, cached: 80, output: 19 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    await spend(worker, held.task, { output: 1 })
    expect(await admitCall(worker, held)).toEqual(spent('task_tokens'))
  })

  test('ends it when passed', async () => {
    const held = await submitAndClaim(scene, { token_budget: 100 })
    await spend(worker, held.task, { input: 5000 })
    expect(await admitCall(worker, held)).toEqual(spent('task_tokens'))
  })

  test('is that of a life: a retry begins at nothing', async () => {
    const { task } = await submitAndClaim(scene, { token_budget: 100 })
    await spend(worker, task, { input: 100 })
    await edit(sql, task, { status: 'pending' })
    expect(await admitCall(worker, await claimOne(worker))).toEqual(CONTINUE)
  })

  test('is not touched by what another task spent, or by steps copied from one', async () => {
    const other = await submitAndClaim(scene, owners)
    await spend(worker, other.task, { input: 1000 })
    const held = await submitAndClaim(scene, { ...owners, token_budget: 100 })
    await spend(worker, held.task, { input: 1000, attempt: 0 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
  })

  test('of the tenant counts when it is lower than the task’s own, and the other way round', async () => {
    await limitSpending(sql, 'task', { tenant: people.acme, tokens: 50 })
    const generous = await submitAndClaim(scene, { ...owners, token_budget: 100 })
    await spend(worker, generous.task, { input: 50 })
    expect(await admitCall(worker, generous)).toEqual(spent('task_tokens'))
    const modest = await submitAndClaim(scene, { ...owners, token_budget: 10 })
    await spend(worker, modest.task, { input: 10 })
    expect(await admitCall(worker, modest)).toEqual(spent('task_tokens'))
  })

  test.each([0, -1])('of %s is refused', async token_budget => {
    await expect(submitAndClaim(scene, { token_budget })).rejects.toMatchObject({ code: '23514' })
  })
})

describe('a cost budget of a task', () => {
  test('ends it when reached exactly', async () => {
    const held = await submitAndClaim(scene, { cost_budget: '0.3' })
    await spend(worker, held.task, { cost: 0.1 })
    await spend(worker, held.task, { cost: 0.1 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    await spend(worker, held.task, { cost: 0.1 })
    expect(await admitCall(worker, held)).toEqual(spent('task_cost'))
  })

  test('lets no model be asked whose price is unknown', async () => {
    const held = await submitAndClaim(scene, { cost_budget: 1 })
    expect(await admitCall(worker, held, { isPriced: false })).toEqual(spent('price_unknown'))
  })

  test.each(['0', '-1', 'NaN', 'Infinity'])('of %s is refused', async cost_budget => {
    await expect(submitAndClaim(scene, { cost_budget })).rejects.toMatchObject({ code: '23514' })
  })
})

describe('a child', () => {
  const childOf = async (values: Record<string, unknown>) => {
    const { children } = await spawn(worker, await submitAndClaim(scene, values), { key: 'a' })
    return request(sql, only(children[0]).task_id)
  }

  test('may spend as much as its parent', async () => {
    expect(await childOf({ token_budget: 100, cost_budget: '0.5' })).toMatchObject({
      token_budget: '100',
      cost_budget: '0.5',
    })
  })

  test('of a task without a budget has none', async () => {
    expect(await childOf({})).toMatchObject({ token_budget: null, cost_budget: null })
  })

  test('that a server gives a budget keeps the lower one', async () => {
    const { task } = await submitAndClaim(scene, { token_budget: 100, cost_budget: 5 })
    const child = await submit(sql, { parent_id: task, token_budget: 1000, cost_budget: 1 })
    expect(await request(sql, child)).toMatchObject({ token_budget: '100', cost_budget: '1' })
  })
})

describe('a budget of a day', () => {
  test('is shared by the tasks of a tenant', async () => {
    await limitSpending(sql, 'day', { tenant: people.acme, tokens: 100 })
    const first = await submitAndClaim(scene, owners)
    const second = await submitAndClaim(scene, { user_id: people.colleague, enterprise_id: people.acme })
    await spend(worker, first.task, { input: 60 })
    await spend(worker, second.task, { input: 39, model: 'gpt-5-mini' })
    expect([await admitCall(worker, first), await admitCall(worker, second)]).toEqual([CONTINUE, CONTINUE])
    await spend(worker, first.task, { output: 1 })
    const both = [await admitCall(worker, first), await admitCall(worker, second)]
    expect(both).toEqual([spent('day_tokens'), spent('day_tokens')])
  })

  test('of money ends when reached', async () => {
    await limitSpending(sql, 'day', { cost: 2 })
    const held = await submitAndClaim(scene, owners)
    await spend(worker, held.task, { cost: 1.99999999 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    await spend(worker, held.task, { cost: 0.00000001 })
    expect(await admitCall(worker, held)).toEqual(spent('day_cost'))
  })

  test('of money lets no model be asked whose price is unknown', async () => {
    await limitSpending(sql, 'day', { cost: 2 })
    const held = await submitAndClaim(scene, owners)
    expect(await admitCall(worker, held, { isPriced: false })).toEqual(spent('price_unknown'))
  })

  test('is full again at midnight UTC', async () => {
    const held = await submitAndClaim(scene, owners)
    await limitSpending(sql, 'day', { tokens: 10 })
    await at(worker, '2026-03-01 23:59:59Z')
    await spend(worker, held.task, { input: 10 })
    expect(await admitCall(worker, held)).toEqual(spent('day_tokens'))
    await at(worker, '2026-03-02 00:00Z')
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
  })

  test('of another tenant changes nothing', async () => {
    await limitSpending(sql, 'day', { tenant: people.globex, tokens: 1, cost: 1 })
    const held = await submitAndClaim(scene, owners)
    await spend(worker, held.task, { input: 10, cost: 10 })
    expect(await admitCall(worker, held, { isPriced: false })).toEqual(CONTINUE)
  })

  test('for all is each tenant’s: what one spends is not missing to another', async () => {
    await limitSpending(sql, 'day', { tokens: 10, cost: 1 })
    const elsewhere = await submitAndClaim(scene, { user_id: people.stranger, enterprise_id: people.globex })
    await spend(worker, elsewhere.task, { input: 10, cost: 1 })
    expect(await admitCall(worker, elsewhere)).toEqual(spent('day_tokens'))
    expect(await admitCall(worker, await submitAndClaim(scene, owners))).toEqual(CONTINUE)
  })

  test('of a user without an enterprise is that user’s own', async () => {
    await limitSpending(sql, 'day', { tenant: people.owner, tokens: 10 })
    const own = await submitAndClaim(scene, { user_id: people.owner })
    await spend(worker, own.task, { input: 10 })
    expect(await admitCall(worker, own)).toEqual(spent('day_tokens'))
    expect(await admitCall(worker, await submitAndClaim(scene, owners))).toEqual(CONTINUE)
  })

  test('of a tenant’s own takes the place of the one for all', async () => {
    await limitSpending(sql, 'day', { tokens: 10 })
    await limitSpending(sql, 'day', { tenant: people.acme, tokens: 1000 })
    const held = await submitAndClaim(scene, owners)
    await spend(worker, held.task, { input: 10 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    const elsewhere = await submitAndClaim(scene, { user_id: people.stranger, enterprise_id: people.globex })
    await spend(worker, elsewhere.task, { input: 10 })
    expect(await admitCall(worker, elsewhere)).toEqual(spent('day_tokens'))
  })

  test('of nothing lets nothing be spent', async () => {
    await limitSpending(sql, 'day', { tenant: people.acme, tokens: 0 })
    expect(await admitCall(worker, await submitAndClaim(scene, owners))).toEqual(spent('day_tokens'))
  })
})

describe('limit_agent_spending', () => {
  test('replaces what was said before, and without limits removes it', async () => {
    const budgets = () => sql`select tenant_id, per, max_tokens::integer, max_cost from worker.budgets order by per`
    await limitSpending(sql, 'day', { tokens: 10, cost: 5 })
    await limitSpending(sql, 'task', { tokens: 1 })
    await limitSpending(sql, 'day', { tokens: 20 })
    expect(await budgets()).toEqual([
      { tenant_id: null, per: 'day', max_tokens: 20, max_cost: null },
      { tenant_id: null, per: 'task', max_tokens: 1, max_cost: null },
    ])
    await limitSpending(sql, 'day', {})
    expect(await budgets()).toMatchObject([{ per: 'task' }])
  })

  test.each([
    ['month', 1, null],
    ['day', -1, null],
    ['day', null, 'NaN'],
    ['day', null, '-0.1'],
  ])('refuses %s, %s, %s', async (per, tokens, cost) => {
    const refused = sql`select public.limit_agent_spending(null, ${per}, ${tokens}, ${cost}::numeric)`
    await expect(refused).rejects.toMatchObject({ code: '23514' })
  })
})
