import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, setScene, submitAndClaim, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { admitCall, at, limitModel, limitSpending, spend, usage } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)

const CONTINUE = { verdict: 'continue' }
const spent = (reason: string) => ({ verdict: 'budget', reason })
const rate = (after_seconds: number) => ({ verdict: 'rate', after_seconds })
const NOON = '2026-03-01 12:00:00Z'

type Call = { who?: string; call?: string; model?: string; tokens?: number; isPriced?: boolean; by?: postgres.Sql }

/** Asks whether the owner may call a model; by default a priced one, for no tokens. */
async function admit({ who = people.owner, by = worker, ...more }: Call = {}) {
  const { call = crypto.randomUUID(), model = 'gpt-5', tokens = 0, isPriced = true } = more
  const [row] = await by`select worker.admit_api_call(${who}, ${call}, ${model}, ${tokens}, ${isPriced}) as admission`
  return only(row).admission
}

type Spent = {
  who?: string
  input?: number
  output?: number
  cost?: number | null
  reserved?: number
  isText?: boolean
}

/** Counts a call that the owner has made. */
async function count({ who = people.owner, input = 0, output = 0, cost = null, reserved = 0, isText }: Spent) {
  const step = JSON.stringify({
    ...{ name: 'gpt-5', cost, reserved },
    usage: { inputTokens: input, cachedTokens: 1, outputTokens: output },
  })
  const given = isText ? worker`to_jsonb(${step}::text)` : worker`${step}::text::jsonb`
  await worker`select worker.count_api_call(${who}, ${crypto.randomUUID()}, ${given})`
}

describe('admit_api_call', () => {
  test('lets a call pass when nothing is limited, with or without a price, and leaves no trace', async () => {
    await count({ input: 1e9, cost: 1e5 })
    expect(await admit()).toEqual(CONTINUE)
    expect(await admit({ isPriced: false })).toEqual(CONTINUE)
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
  })

  test('ends with the user’s day, tokens and money, reached exactly', async () => {
    await limitSpending(sql, 'day', { tenant: people.owner, tokens: 100, cost: 2 })
    await count({ input: 60, output: 39, cost: 1.5 })
    expect(await admit()).toEqual(CONTINUE)
    await count({ cost: 0.5 })
    expect(await admit()).toEqual(spent('day_cost'))
    await count({ output: 1 })
    expect(await admit()).toEqual(spent('day_tokens'))
  })

  test('begins anew with the next day', async () => {
    await limitSpending(sql, 'day', { tokens: 100 })
    await at(worker, '2026-03-01 23:59:00Z')
    await count({ input: 100 })
    expect(await admit()).toEqual(spent('day_tokens'))
    await at(worker, '2026-03-02 00:01:00Z')
    expect(await admit()).toEqual(CONTINUE)
  })

  test('shares the day with the user’s tasks of no enterprise, and with nobody else', async () => {
    await limitSpending(sql, 'day', { tokens: 100 })
    const ours = await submitAndClaim(scene, { user_id: people.owner, enterprise_id: people.acme })
    await spend(worker, ours.task, { input: 100 })
    await count({ who: people.stranger, input: 100 })
    expect(await admit()).toEqual(CONTINUE)
    const own = await submitAndClaim(scene, { user_id: people.owner })
    await spend(worker, own.task, { input: 60 })
    await count({ input: 40 })
    expect(await admit()).toEqual(spent('day_tokens'))
    expect(await admitCall(worker, own)).toEqual(spent('day_tokens'))
    expect(await admitCall(worker, ours)).toEqual(spent('day_tokens'))
    expect(await admit({ who: people.colleague })).toEqual(CONTINUE)
  })

  test('refuses a model of unknown price where money is limited', async () => {
    await limitSpending(sql, 'day', { tenant: people.owner, cost: 5 })
    expect(await admit({ isPriced: false })).toEqual(spent('price_unknown'))
    expect(await admit({ who: people.colleague, isPriced: false })).toEqual(CONTINUE)
  })

  test('shares the model’s rate with all, tasks included', async () => {
    const held = await submitAndClaim(scene)
    for (const session of [sql, worker]) await at(session, NOON)
    await limitModel(sql, { requests: 2 })
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    expect(await admit({ who: people.stranger })).toEqual(CONTINUE)
    expect(await admit()).toEqual(rate(30))
    expect(await admit({ model: 'gpt-5-mini' })).toEqual(CONTINUE)
  })

  test('takes nothing of the rate for a call that the budget refuses', async () => {
    await limitModel(sql, { requests: 1 })
    await limitSpending(sql, 'day', { tenant: people.owner, tokens: 1 })
    await count({ input: 1 })
    expect(await admit()).toEqual(spent('day_tokens'))
    expect(await admit({ who: people.stranger })).toEqual(CONTINUE)
  })

  test('does not stand first in line when it is refused, since it does not come back', async () => {
    const held = await submitAndClaim(scene)
    for (const session of [sql, worker]) await at(session, NOON)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, held, { tokens: 300 })
    for (let call = 0; call < 3; call++) expect(await admit({ tokens: 600 })).toEqual(rate(30))
    expect(await admitCall(worker, held, { tokens: 300 })).toEqual(CONTINUE)
  })

  test('waits behind a task that stands first', async () => {
    const held = await submitAndClaim(scene)
    for (const session of [sql, worker]) await at(session, NOON)
    await limitModel(sql, { tokens: 600 })
    await admit({ tokens: 100 })
    expect(await admitCall(worker, held, { tokens: 600 })).toEqual(rate(10))
    for (let call = 0; call < 2; call++) expect(await admit({ tokens: 100 })).toEqual(rate(20))
    for (const session of [sql, worker]) await at(session, '2026-03-01 12:00:10Z')
    expect(await admitCall(worker, held, { tokens: 600 })).toEqual(CONTINUE)
  })

  test('gives the last call to one of two instances that ask at once', async () => {
    const other = await connect({ role: 'service_role' })
    for (const session of [sql, worker, other]) await at(session, NOON)
    await limitModel(sql, { requests: 1 })
    await other`begin`
    expect(await admit({ by: other })).toEqual(CONTINUE)
    const [second] = await whileWaiting(sql, admit(), () => other`commit`)
    expect(second).toEqual(rate(60))
  })
})

describe('count_api_call', () => {
  test.each([false, true])('adds to the user’s day as of the kind responses (as text: %s)', async isText => {
    await at(worker, NOON)
    await count({ input: 10, output: 5, cost: 0.25, isText })
    await count({ input: 1, output: 1, isText })
    expect(await usage(sql)).toEqual([
      {
        ...{ day: '2026-03-01', user_id: people.owner, kind: 'responses', model: 'gpt-5', requests: 2 },
        ...{ input_tokens: 11, cached_tokens: 2, output_tokens: 6, cost: 0.25, unpriced_requests: 1 },
      },
    ])
    expect(await sql`select tenant_id, enterprise_id from public.agent_usage`).toEqual([
      { tenant_id: people.owner, enterprise_id: null },
    ])
  })

  test('gives back to the rate what was not needed', async () => {
    for (const session of [sql, worker]) await at(session, NOON)
    await limitModel(sql, { tokens: 600 })
    expect(await admit({ tokens: 600 })).toEqual(CONTINUE)
    expect(await admit({ tokens: 300 })).toEqual(rate(30))
    await count({ input: 200, output: 100, reserved: 600 })
    expect(await admit({ tokens: 300 })).toEqual(CONTINUE)
  })
})

describe('who may', () => {
  const calls = [
    `worker.admit_api_call(gen_random_uuid(), gen_random_uuid(), 'gpt-5', 1, true)`,
    `worker.count_api_call(gen_random_uuid(), gen_random_uuid(), '{}')`,
  ]

  test.each(calls)('%s is for workers alone', async call => {
    for (const person of ['owner', 'admin', 'stranger', 'platformAdmin'] as const)
      await expect(as(sql, user(people[person]), tx => tx.unsafe(`select ${call}`))).rejects.toMatchObject({
        code: '42501',
      })
  })

  test('what was counted is seen by its user and platform admins, not by the enterprise or strangers', async () => {
    await count({ input: 1 })
    for (const person of ['owner', 'colleague', 'admin', 'stranger', 'platformAdmin'] as const) {
      const rows = await as(sql, user(people[person]), tx => tx`select from public.agent_usage`)
      expect(rows, person).toHaveLength(['owner', 'platformAdmin'].includes(person) ? 1 : 0)
    }
  })
})
