import { beforeEach, describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { later, setScene, submit, user } from '../arrange.ts'
import { only } from '../only.ts'
import { ACTORS, type Actor, castAndTasks, SEES } from '../rights/cast.ts'
import { at, limitModel, limitSpending, spend } from './arrange.ts'

const scene = await setScene()
const { sql, worker } = scene
const { people, caller } = await castAndTasks(sql)
const { acme, globex, owner, colleague, stranger, exMember } = people

/** Whose usage it is, by the names of the tasks that it comes from. */
const OWNERS = {
  'owner’s': { user_id: owner, enterprise_id: acme },
  'owner’s private': { user_id: owner },
  'colleague’s': { user_id: colleague, enterprise_id: acme },
  'exMember’s': { user_id: exMember, enterprise_id: acme },
  'stranger’s': { user_id: stranger, enterprise_id: globex },
  'nobody’s': {},
}
const NAMES = Object.keys(OWNERS)

beforeEach(async () => {
  for (const [name, values] of Object.entries(OWNERS)) {
    await spend(worker, await submit(sql, values), { model: name, input: 10, output: 1, cost: 0.5 })
  }
})

const signedIn = ACTORS.filter((actor): actor is Exclude<Actor, 'anonymous'> => actor !== 'anonymous')

describe('usage', () => {
  test.each(signedIn)('is seen by %s of the tasks one sees', async actor => {
    const seen = (from: string) =>
      as(sql, caller(actor), tx => tx`select ${tx.unsafe(from)} as name from public.agent_usage order by 1`)
    expect((await seen('model')).map(row => row.name)).toEqual([...SEES[actor]].sort())
  })

  test.each(signedIn)('of tasks is seen by %s as the tasks are', async actor => {
    const rows = await as(
      sql,
      caller(actor),
      tx => tx`
        select s.name from public.agent_task_usage u join public.agent_task_steps s using (task_id, life) order by 1`,
    )
    expect(rows.map(row => row.name)).toEqual([...SEES[actor]].sort())
  })

  test.each(['agent_usage', 'agent_task_usage'])('is closed to the anonymous: %s', async table => {
    const seen = as(sql, { role: 'anon' }, tx => tx`select from ${tx.unsafe(`public.${table}`)}`)
    await expect(seen).rejects.toMatchObject({ code: '42501' })
  })

  test.each(signedIn)('is not written by %s', async actor => {
    const writes = [
      `update public.agent_usage set cost = 0`,
      `delete from public.agent_usage`,
      `insert into public.agent_usage select * from public.agent_usage`,
      `update public.agent_task_steps set cost = 0`,
    ]
    for (const write of writes) {
      await expect(as(sql, caller(actor), tx => tx.unsafe(write))).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describe('agent_spending', () => {
  const spending = async (actor: Actor, days = 30) => {
    const [row] = await as(sql, caller(actor), tx => tx`select public.agent_spending(${days}) as spending`)
    return only(row).spending
  }
  const one = { requests: 1, input_tokens: 10, cached_tokens: 0, output_tokens: 1, cost: 0.5, unpriced_requests: 0 }

  test.each(signedIn)('shows %s what one sees', async actor => {
    const { models } = await spending(actor)
    expect(models.map((each: { model: string }) => each.model).sort()).toEqual([...SEES[actor]].sort())
  })

  test('adds up by day, kind, model and user', async () => {
    const research = await submit(sql, { user_id: owner, kind: 'research' })
    await later(worker, '-1 day')
    await spend(worker, research, { model: 'owner’s', input: 1, cached: 1, output: 2, cost: null })
    const { total, days, kinds, models, users } = await spending('owner')
    expect(total).toEqual({
      ...one,
      requests: 3,
      input_tokens: 21,
      cached_tokens: 1,
      output_tokens: 4,
      cost: 1,
      unpriced_requests: 1,
    })
    expect(days.map((each: typeof one) => each.requests)).toEqual([1, 2])
    expect(kinds).toMatchObject([
      { kind: 'assistant', cost: 1 },
      { kind: 'research', cost: 0, unpriced_requests: 1 },
    ])
    expect(models).toMatchObject([
      { model: 'owner’s', requests: 2, cost: 0.5 },
      { model: 'owner’s private', ...one },
    ])
    expect(users).toMatchObject([{ user_id: owner, requests: 3 }])
  })

  test('begins so many days ago, today being the first', async () => {
    await later(worker, '-1 day')
    await spend(worker, await submit(sql, { user_id: owner }), { input: 1000 })
    expect((await spending('owner', 1)).total).toMatchObject({ requests: 2, input_tokens: 20 })
    expect((await spending('owner', 2)).total).toMatchObject({ requests: 3, input_tokens: 1020 })
  })

  test('names the twenty users who spent most', async () => {
    for (let each = 0; each < 25; each++) {
      await sql`
        insert into public.agent_usage
        values (private.today(), ${globex}, ${globex}, gen_random_uuid(), 'k', 'm', 1, 1, 0, 1, ${each + 100}, 0)`
    }
    const { users } = await spending('platformAdmin')
    expect(users.map((each: { cost: number }) => each.cost)).toEqual(
      Array.from({ length: 20 }, (_, each) => 124 - each),
    )
  })

  test('is nothing where there is nothing', async () => {
    expect(await spending('exAdmin')).toMatchObject({ total: { requests: 0, cost: 0 }, days: [], users: [] })
  })

  test('is closed to the anonymous', async () => {
    await expect(spending('anonymous')).rejects.toMatchObject({ code: '42501' })
  })
})

describe('limits are said by platform admins alone', () => {
  const VERBS = [
    `public.limit_agent_spending(null, 'day', 10)`,
    `public.limit_agent_model('gpt-5', 10)`,
    `public.agent_limits()`,
  ]
  const others = ACTORS.filter(actor => actor !== 'platformAdmin')

  test.each(VERBS.flatMap(verb => others.map(actor => [verb, actor] as const)))(
    '%s is refused to %s',
    async (verb, actor) => {
      await expect(as(sql, caller(actor), tx => tx.unsafe(`select ${verb}`))).rejects.toMatchObject({ code: '42501' })
    },
  )

  test('and seen by them, with the names of tenants', async () => {
    await limitSpending(sql, 'day', { tenant: acme, tokens: 10 })
    await limitSpending(sql, 'day', { tenant: owner, cost: 0.5 })
    await limitSpending(sql, 'task', { tokens: 7 })
    await limitModel(sql, { requests: 60 })
    const [row] = await as(sql, caller('platformAdmin'), tx => tx`select public.agent_limits() as limits`)
    const { budgets, models } = only(row).limits
    expect(budgets).toHaveLength(3)
    expect(budgets[0]).toEqual({ tenant_id: null, name: null, per: 'task', max_tokens: 7, max_cost: null })
    expect(budgets).toContainEqual({ tenant_id: acme, name: 'Acme', per: 'day', max_tokens: 10, max_cost: null })
    expect(budgets).toContainEqual({
      tenant_id: owner,
      name: 'owner@acme.test',
      per: 'day',
      max_tokens: null,
      max_cost: 0.5,
    })
    expect(models).toEqual([{ model: 'gpt-5', requests_per_minute: 60, tokens_per_minute: null }])
  })

  test('and recorded with their name', async () => {
    await as(sql, caller('platformAdmin'), async tx => {
      await tx`select public.limit_agent_spending(${acme}, 'day', 10, 0.5)`
      await tx`select public.limit_agent_model('gpt-5', 10, 600)`
    })
    const recorded = await sql`
      select actor, action, enterprise_id, details from public.agent_task_audit order by id desc limit 2`
    expect(recorded).toEqual([
      {
        actor: 'root@liverow.test',
        action: 'limit_model',
        enterprise_id: null,
        details: { model: 'gpt-5', requests_per_minute: 10, tokens_per_minute: 600 },
      },
      {
        actor: 'root@liverow.test',
        action: 'limit_spending',
        enterprise_id: acme,
        details: { tenant_id: acme, per: 'day', max_tokens: 10, max_cost: 0.5 },
      },
    ])
  })
})

test('users may give their own tasks a budget, and not raise it afterwards', async () => {
  await as(
    sql,
    user(owner),
    tx => tx`insert into public.agent_task_requests (token_budget, cost_budget) values (100, 0.5)`,
  )
  const raise = as(sql, user(owner), tx => tx`update public.agent_task_requests set token_budget = 1000`)
  await expect(raise).rejects.toMatchObject({ code: '42501' })
})

test('the worker’s clock is not moved by what users may call', async () => {
  await at(sql, '')
  const [row] = await as(
    sql,
    user(owner),
    tx => tx`select private.today() = (now() at time zone 'UTC')::date as is_today`,
  )
  expect(row).toEqual({ is_today: true })
})

test('names cover all tasks of the cast', () => {
  expect(NAMES.sort()).toEqual([...SEES.platformAdmin].sort())
})
