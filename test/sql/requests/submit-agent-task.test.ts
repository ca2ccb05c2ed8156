import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addPeople, inMs, request, requestIn, setScene, submit, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'

const scene = await setScene()
const { sql, connect } = scene
const people = await addPeople(sql)
const [one, two] = [await connect(), await connect()]
const prompt = { prompt: 'Why is the sky blue?' }

type Args = Record<string, unknown>

/** Calls it by names, as the Data API does. */
async function submitAs(caller: Caller, args: Args, session = sql) {
  return as(session, caller, async tx => {
    const all: Args = { request_payload: prompt, ...args }
    const named = Object.keys(all).map((name, n) => `${name} => $${n + 1}`)
    const values = Object.values(all) as (string | number | Date | null)[]
    const [row] = await tx.unsafe(`select * from public.submit_agent_task(${named.join(', ')})`, values)
    return only(row)
  })
}

const owner = user(people.owner)
const count = async () => (await sql`select from public.agent_task_requests`).length
const fill = (user_id: string, rows = 100) =>
  sql`insert into public.agent_task_requests (user_id) select ${user_id} from generate_series(1, ${rows}::integer)`

describe('submit_agent_task', () => {
  test('needs only the payload, and returns the row', async () => {
    const row = await submitAs(owner, {})
    expect(row).toMatchObject({ user_id: people.owner, kind: 'assistant', status: 'pending', request_payload: prompt })
    expect(await request(sql, row.id)).toEqual(row)
  })

  test('takes everything that is the user’s to say', async () => {
    const args = {
      kind: 'course',
      enterprise_id: people.acme,
      priority: 5,
      run_at: inMs(60_000),
      deadline_at: inMs(120_000),
      idempotency_key: 'order-7',
      supersede_key: 'draft-7',
      token_budget: '1000',
      cost_budget: '0.25',
    }
    expect(await submitAs(owner, args)).toMatchObject({ ...args, status: 'scheduled' })
  })

  test('has no budget where none is said', async () => {
    expect(await submitAs(owner, {})).toMatchObject({ token_budget: null, cost_budget: null })
  })

  test.each([{ token_budget: 0 }, { cost_budget: -1 }, { cost_budget: 'NaN' }])('refuses %j', async budget => {
    await expect(submitAs(owner, budget)).rejects.toMatchObject({ code: '23514' })
  })

  test('takes a payload that a gateway hands over as text inside of a JSON string', async () => {
    const row = await submitAs(owner, { request_payload: JSON.stringify(prompt) })
    expect(row.request_payload).toEqual(prompt)
  })

  test.each(['owner', 'colleague', 'admin'] as const)('lets the %s submit for the own enterprise', async actor => {
    const row = await submitAs(user(people[actor]), { enterprise_id: people.acme })
    expect(row).toMatchObject({ user_id: people[actor], enterprise_id: people.acme })
  })

  test.each(['stranger', 'platformAdmin'] as const)('refuses a foreign enterprise to the %s', async actor => {
    await expect(submitAs(user(people[actor]), { enterprise_id: people.acme })).rejects.toMatchObject({ code: '42501' })
  })

  test('is refused to the anonymous, and to a token without a user', async () => {
    await expect(submitAs({ role: 'anon' }, {})).rejects.toMatchObject({ code: '42501' })
    await expect(submitAs({ role: 'authenticated' }, {})).rejects.toMatchObject({ code: '42501' })
  })

  test('submits in nobody’s name for service_role', async () => {
    const row = await submitAs({ role: 'service_role' }, { enterprise_id: people.acme })
    expect(row).toMatchObject({ user_id: null, enterprise_id: people.acme })
  })

  test.each([
    [{ request_payload: '[]' }, '22023'],
    [{ request_payload: null }, '22023'],
    [{ request_payload: '"no JSON"' }, '22023'],
    [{ kind: 'NO GOOD' }, '23514'],
    [{ kind: null }, '23502'],
    [{ priority: 10 }, '23514'],
    [{ priority: 40_000 }, '22003'],
    [{ deadline_at: '2001-01-01' }, '22023'],
    [{ idempotency_key: '' }, '23514'],
    [{ idempotency_key: 'x'.repeat(201) }, '23514'],
    [{ supersede_key: '' }, '23514'],
    [{ supersede_key: 'x'.repeat(201) }, '23514'],
  ])('refuses what no request may say: %j', async (args, code) => {
    await expect(submitAs(owner, args)).rejects.toMatchObject({ code })
    expect(await count()).toBe(0)
  })

  test('keeps to the limit of unfinished tasks', async () => {
    await fill(people.owner)
    await expect(submitAs(owner, {})).rejects.toMatchObject({ code: 'PT429' })
  })
})

describe('an idempotency key', () => {
  const key = { idempotency_key: 'order-7' }

  test('used again gives the same task, as it is now', async () => {
    const row = await submitAs(owner, key)
    await sql`select public.cancel_agent_task(${row.id})`
    expect(await submitAs(owner, key)).toMatchObject({ id: row.id, status: 'cancelled' })
    expect(await count()).toBe(1)
  })

  test.each(['scheduled', 'pending', 'processing', 'completed', 'failed'])('is held by a %s task', async status => {
    const id = await requestIn(status, scene, { user_id: people.owner, request_payload: prompt, ...key })
    expect(await submitAs(owner, key)).toMatchObject({ id, status })
  })

  test('does not mind the order of a payload’s fields', async () => {
    const first = await submitAs(owner, { ...key, request_payload: '{"a": 1, "b": 2}' })
    expect(await submitAs(owner, { ...key, request_payload: '{"b": 2, "a": 1}' })).toMatchObject({ id: first.id })
  })

  test.each([{ request_payload: '{"prompt": "Something else?"}' }, { kind: 'course' }, { request_payload: null }])(
    'used for something else is refused: %j',
    async other => {
      const { id } = await submitAs(owner, key)
      await expect(submitAs(owner, { ...key, ...other })).rejects.toMatchObject({
        code: 'PT409',
        message: `The idempotency key "order-7" belongs to task ${id}, which asks for something else.`,
        hint: 'Use a new key for a new request.',
      })
      expect(await count()).toBe(1)
    },
  )

  test('used with another priority or time is the same task, as it was submitted', async () => {
    const first = await submitAs(owner, key)
    expect(await submitAs(owner, { ...key, priority: 5, run_at: inMs(60_000) })).toEqual(first)
  })

  test('is the user’s own: another one’s is another task', async () => {
    const [mine, theirs] = [await submitAs(owner, key), await submitAs(user(people.colleague), key)]
    expect(theirs.id).not.toBe(mine.id)
  })

  test('is of one enterprise: for another, or none, it is another task', async () => {
    const rows = [
      await submitAs(owner, { ...key, enterprise_id: people.acme }),
      await submitAs(owner, key),
      await submitAs({ role: 'service_role' }, { ...key, enterprise_id: people.acme }),
      await submitAs({ role: 'service_role' }, { ...key, enterprise_id: people.globex }),
      await submitAs({ role: 'service_role' }, key),
    ]
    expect(new Set(rows.map(row => row.id)).size).toBe(5)
  })

  test('is shared by the servers of an enterprise', async () => {
    const args = { ...key, enterprise_id: people.acme }
    const first = await submitAs({ role: 'service_role' }, args)
    expect(await submitAs({ role: 'service_role' }, args)).toMatchObject({ id: first.id })
  })

  test('finds its task also for a user who may have no more', async () => {
    const first = await submitAs(owner, key)
    await fill(people.owner, 99)
    expect(await submitAs(owner, key)).toMatchObject({ id: first.id })
  })

  test('finds its task also when that was made at the last moment, and filled the queue', async () => {
    await fill(people.owner, 99)
    // The row comes after the look for it and before the insert: the lock lets readers pass and holds writers up.
    await one`begin`
    await one`lock table public.agent_task_requests in share row exclusive mode`
    const [row, id] = await whileWaiting(sql, submitAs(owner, key, two), async () => {
      const id = await submit(one, { user_id: people.owner, request_payload: prompt, ...key })
      await one`commit`
      return id
    })
    expect(row).toMatchObject({ id })
  })

  test('makes one task of two sessions at once: the second gets the first one’s', async () => {
    await one`begin`
    const id = await submit(one, { user_id: people.owner, request_payload: prompt, ...key })
    const [row] = await whileWaiting(sql, submitAs(owner, key, two), () => one`commit`)
    expect(row).toMatchObject({ id })
    expect(await count()).toBe(1)
  })

  test('makes the task of the second session when the first one breaks off', async () => {
    await one`begin`
    const id = await submit(one, { user_id: people.owner, request_payload: prompt, ...key })
    const [row] = await whileWaiting(sql, submitAs(owner, key, two), () => one`rollback`)
    expect(row.id).not.toBe(id)
    expect(await count()).toBe(1)
  })

  test('refuses the second of two sessions at once that ask for different things', async () => {
    await one`begin`
    await submit(one, { user_id: people.owner, ...key, request_payload: { prompt: 'Else?' } })
    const second = submitAs(owner, key, two).catch(error => error)
    const [error] = await whileWaiting(sql, second, () => one`commit`)
    expect(error).toMatchObject({ code: 'PT409' })
  })

  test('makes one task of ten calls at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connect()))
    const rows = await Promise.all(sessions.map(session => submitAs(owner, key, session)))
    expect(new Set(rows.map(row => row.id)).size).toBe(1)
    expect(await count()).toBe(1)
  })

  test('in a plain insert is refused the second time, for an insert returns no other row', async () => {
    await submit(sql, { user_id: people.owner, ...key })
    await expect(submit(sql, { user_id: people.owner, ...key })).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'requests_by_idempotency_key',
    })
  })

  test('is free again once its task was deleted', async () => {
    const first = await submitAs(owner, key)
    await sql`delete from public.agent_task_requests where id = ${first.id}`
    expect((await submitAs(owner, key)).id).not.toBe(first.id)
  })
})
