import { describe, expect, test } from 'vitest'
import { addPeople, edit, setScene, submit, submitAndClaim } from '../arrange.ts'
import { recordSteps, step } from '../verbs.ts'
import { at, spend, usage } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)

const ofTask = async (task: string) =>
  sql`
    select life, requests::integer, input_tokens::integer, cached_tokens::integer, output_tokens::integer,
      cost::double precision, unpriced_requests::integer
    from public.agent_task_usage where task_id = ${task} order by life`

describe('agent_usage', () => {
  test('adds up the calls of a day, tenant, user, kind and model', async () => {
    const task = await submit(sql, { user_id: people.owner, enterprise_id: people.acme })
    await at(worker, '2026-03-01 12:00Z')
    await spend(worker, task, { input: 100, cached: 40, output: 10, cost: 0.5 })
    await spend(worker, task, { input: 200, cached: 0, output: 20, cost: 0.25 })
    expect(await usage(sql)).toEqual([
      {
        day: '2026-03-01',
        user_id: people.owner,
        kind: 'assistant',
        model: 'gpt-5',
        requests: 2,
        input_tokens: 300,
        cached_tokens: 40,
        output_tokens: 30,
        cost: 0.75,
        unpriced_requests: 0,
      },
    ])
  })

  test('keeps users, kinds, models and tenants apart', async () => {
    const first = await submit(sql, { user_id: people.owner, enterprise_id: people.acme })
    await spend(worker, first, { input: 1 })
    await spend(worker, first, { input: 1, model: 'gpt-5-mini' })
    await spend(worker, await submit(sql, { user_id: people.owner }), { input: 1 })
    await spend(worker, await submit(sql, { user_id: people.owner, kind: 'research' }), { input: 1 })
    await spend(worker, await submit(sql, { user_id: people.colleague, enterprise_id: people.acme }), { input: 1 })
    expect((await usage(sql)).map(row => row.requests)).toEqual([1, 1, 1, 1, 1])
  })

  test('adds up the calls of nobody in one row', async () => {
    await spend(worker, await submit(sql), { input: 1 })
    await spend(worker, await submit(sql), { input: 2 })
    expect(await usage(sql)).toMatchObject([{ user_id: null, requests: 2, input_tokens: 3 }])
  })

  test('begins a new day at midnight UTC, whatever the time zone of the session', async () => {
    const task = await submit(sql)
    await worker`set time zone 'Pacific/Auckland'`
    await at(worker, '2026-03-01 23:59:59Z')
    await spend(worker, task, { input: 1 })
    await at(worker, '2026-03-02 00:00:00Z')
    await spend(worker, task, { input: 2 })
    await worker`reset time zone`
    expect((await usage(sql)).map(row => [row.day, row.input_tokens])).toEqual([
      ['2026-03-01', 1],
      ['2026-03-02', 2],
    ])
  })

  test('counts a call without a known price apart, and one that costs nothing not', async () => {
    const task = await submit(sql)
    await spend(worker, task, { input: 1, cost: null })
    await spend(worker, task, { input: 1, cost: 0 })
    expect(await usage(sql)).toMatchObject([{ requests: 2, cost: 0, unpriced_requests: 1 }])
  })

  test('takes what is no count for nothing', async () => {
    const odd = { requests: null, inputTokens: 'many', cachedTokens: -5, outputTokens: 2.4, totalTokens: {} }
    await spend(worker, await submit(sql), { usage: odd })
    expect(await usage(sql)).toMatchObject([{ requests: 1, input_tokens: 0, cached_tokens: 0, output_tokens: 2 }])
  })

  test('loses nothing when two tasks of a user are at it at once', async () => {
    const tasks = [await submit(sql, { user_id: people.owner }), await submit(sql, { user_id: people.owner })]
    const sessions = [worker, await connect({ role: 'service_role' })]
    await Promise.all(
      sessions.map(async (session, index) => {
        for (let call = 0; call < 25; call++) await spend(session, String(tasks[index]), { input: 2, cost: 0.01 })
      }),
    )
    expect(await usage(sql)).toMatchObject([{ requests: 50, input_tokens: 100, cost: 0.5 }])
  })

  test('outlives the task', async () => {
    const task = await submit(sql)
    await spend(worker, task, { input: 7 })
    await sql`delete from public.agent_task_requests where id = ${task}`
    expect(await usage(sql)).toMatchObject([{ input_tokens: 7 }])
  })
})

describe('agent_task_usage', () => {
  test('adds up the model calls of each life', async () => {
    const { task } = await submitAndClaim(scene)
    await spend(worker, task, { input: 100, cached: 40, output: 10, cost: 0.5 })
    await spend(worker, task, { input: 50, output: 5, cost: null })
    await edit(sql, task, { status: 'pending' })
    await spend(worker, task, { input: 1, output: 1, cost: 0.125 })
    const first = { requests: 2, input_tokens: 150, cached_tokens: 40, output_tokens: 15, cost: 0.5 }
    const second = { requests: 1, input_tokens: 1, cached_tokens: 0, output_tokens: 1, cost: 0.125 }
    expect(await ofTask(task)).toEqual([
      { life: 1, ...first, unpriced_requests: 1 },
      { life: 2, ...second, unpriced_requests: 0 },
    ])
  })

  test('leaves out tools, and copies of another task’s steps', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('tool:/1', { kind: 'tool', usage: { requests: 1, inputTokens: 1000 } }))
    await spend(worker, held.task, { input: 500, attempt: 0 })
    await spend(worker, held.task, { input: 5 })
    expect(await ofTask(held.task)).toMatchObject([{ requests: 1, input_tokens: 5 }])
  })
})

describe('worker.prune', () => {
  test('removes usage older than 400 days, a limited number at a time', async () => {
    const task = await submit(sql, { run_at: '2026-12-31' })
    for (const day of ['2025-01-01', '2025-01-02', '2025-02-05']) {
      await at(worker, day)
      await spend(worker, task, { input: 1 })
    }
    await at(worker, '2026-03-12')
    const prune = async () => (await worker`select worker.prune(1) as pruned`)[0]?.pruned
    expect([await prune(), await prune(), await prune()]).toEqual([1, 1, 0])
    expect((await usage(sql)).map(row => row.day)).toEqual(['2025-02-05'])
  })
})
