import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, inMs, later, request, setScene, submit, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claim } from '../verbs.ts'

const { sql, worker } = await setScene()
const people = await addPeople(sql)

/** Inserts as a user through the Data API would; returns the row. */
async function submitAs(id: string, values: Record<string, unknown>) {
  const [row] = await as(sql, user(id), tx => tx`insert into public.agent_task_requests ${tx(values)} returning *`)
  return only(row)
}

const prompt = { request_payload: { prompt: 'Why is the sky blue?' } }

/** Everything that the database keeps itself, as it is in a new request. */
const FRESH = {
  life: 1,
  attempt: 0,
  crash_count: 0,
  snooze_count: 0,
  version: '1',
  response_payload: null,
  error: null,
  cancel_requested_at: null,
  started_at: null,
  finished_at: null,
}

describe('a row typed into the table editor', () => {
  test('needs only status and request_payload, and can be claimed', async () => {
    const id = await submit(sql, { status: 'pending', request_payload: { prompt: 'Hi.' } })
    expect(await request(sql, id)).toMatchObject({
      ...FRESH,
      status: 'pending',
      kind: 'assistant',
      priority: 0,
      max_attempts: 5,
      user_id: null,
      enterprise_id: null,
    })
    expect(await claim(worker)).toMatchObject([{ task_id: id, request_payload: { prompt: 'Hi.' } }])
  })

  test('may be left wholly empty', async () => {
    const [row] = await sql`insert into public.agent_task_requests default values returning status, request_payload`
    expect(row).toEqual({ status: 'pending', request_payload: {} })
  })

  test('may leave the status null', async () => {
    const id = await submit(sql, { status: null })
    expect(await request(sql, id)).toMatchObject({ status: 'pending' })
  })

  test.each(['processing', 'completed', 'failed', 'cancelled', 'Pending', 'done'])(
    'cannot start as %s',
    async status => {
      await expect(submit(sql, { status })).rejects.toMatchObject({
        code: '22023',
        message: `A new task cannot start as "${status}".`,
        hint: 'Leave status out, or set it to pending.',
      })
    },
  )

  test('keeps nothing that only the queue may say', async () => {
    const past = new Date('2001-01-01')
    const id = await submit(sql, {
      life: 7,
      attempt: 3,
      crash_count: 2,
      snooze_count: 4,
      version: 99,
      response_payload: { answer: 'forged' },
      error: { code: 'forged' },
      cancel_requested_at: past,
      started_at: past,
      finished_at: past,
      created_at: past,
      updated_at: past,
    })
    const row = await request(sql, id)
    expect(row).toMatchObject(FRESH)
    expect([row.created_at, row.updated_at]).not.toContainEqual(past)
  })

  test('may be put in by service_role too', async () => {
    const id = await submit(worker)
    expect(await request(sql, id)).toMatchObject({ ...FRESH, status: 'pending', user_id: null })
  })

  test('may be put in for a user by service_role', async () => {
    const id = await submit(worker, { user_id: people.owner, enterprise_id: people.acme })
    expect(await request(sql, id)).toMatchObject({ user_id: people.owner, enterprise_id: people.acme })
  })
})

describe("a user's insert", () => {
  test('needs only the payload; the user comes from the token', async () => {
    const row = await submitAs(people.owner, prompt)
    expect(row).toMatchObject({ ...FRESH, ...prompt, user_id: people.owner, status: 'pending', kind: 'assistant' })
  })

  test('may say what is the user’s to say', async () => {
    const values = {
      ...prompt,
      id: '00000000-0000-4000-8000-0000000000c1',
      enterprise_id: people.acme,
      user_id: people.owner,
      kind: 'course',
      status: 'pending',
      priority: 5,
      deadline_at: inMs(3_600_000),
      idempotency_key: 'order-7',
      supersede_key: 'draft-7',
    }
    expect(await submitAs(people.owner, values)).toMatchObject(values)
  })

  const KEPT = {
    life: 2,
    attempt: 1,
    max_attempts: 25,
    crash_count: 1,
    snooze_count: 1,
    parent_id: '00000000-0000-4000-8000-0000000000c1',
    has_asked: true,
    schedule_id: '00000000-0000-4000-8000-0000000000c1',
    scheduled_for: new Date(),
    version: 9,
    response_payload: {},
    progress: {},
    error: {},
    cancel_requested_at: new Date(),
    created_at: new Date(),
    updated_at: new Date(),
    started_at: new Date(),
    finished_at: new Date(),
  }
  test.each(Object.entries(KEPT))('may not set %s', async (column, value) => {
    await expect(submitAs(people.owner, { ...prompt, [column]: value })).rejects.toMatchObject({ code: '42501' })
  })

  test('may say every column or is kept from it: none is forgotten', async () => {
    const columns = await sql`
      select column_name as name, has_column_privilege('authenticated', 'public.agent_task_requests', column_name, 'insert') as own
      from information_schema.columns where table_schema = 'public' and table_name = 'agent_task_requests'`
    const kept = columns.filter(column => !column.own).map(column => column.name)
    expect(kept.sort()).toEqual(Object.keys(KEPT).sort())
  })

  test('cannot start as processing', async () => {
    await expect(submitAs(people.owner, { ...prompt, status: 'processing' })).rejects.toMatchObject({ code: '22023' })
  })

  test('cannot take the id of a request that is there', async () => {
    const id = await submit(sql)
    await expect(submitAs(people.owner, { ...prompt, id })).rejects.toMatchObject({ code: '23505' })
  })
})

describe('run_at', () => {
  test('in the future makes the request scheduled, though pending was said', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000)
    const row = await submitAs(people.owner, { ...prompt, status: 'pending', run_at: tomorrow })
    expect(row).toMatchObject({ status: 'scheduled', run_at: tomorrow })
  })

  test('in the past counts from now, so that nobody jumps the queue', async () => {
    const row = await submitAs(people.owner, { ...prompt, run_at: new Date('2001-01-01') })
    expect(row).toMatchObject({ status: 'pending', run_at: row.created_at })
  })

  test('left out of a scheduled request means now', async () => {
    expect(await submitAs(people.owner, { ...prompt, status: 'scheduled' })).toMatchObject({ status: 'pending' })
  })
})

describe('version and updated_at', () => {
  test('the version grows by one at every update, also at one that says nothing new', async () => {
    const id = await submit(sql)
    await edit(sql, id, { priority: 3 })
    await edit(sql, id, { priority: 3 })
    expect(await request(sql, id)).toMatchObject({ version: '3' })
  })

  test('the version grows also when a whole row is written back as it was read before', async () => {
    const id = await submit(sql)
    const { version, priority } = await request(sql, id)
    await edit(sql, id, { priority: 3 })
    await edit(sql, id, { version, priority })
    expect(await request(sql, id)).toMatchObject({ version: '3', priority: 0 })
  })

  test('whoever writes an old version back has the books kept for the rest of the update too', async () => {
    const id = await submit(sql)
    await edit(sql, id, { priority: 3 })
    await edit(sql, id, { version: 1, status: 'cancelled' })
    expect(await request(sql, id)).toMatchObject({ version: '3', status: 'cancelled', finished_at: expect.any(Date) })
    expect(await claim(worker)).toEqual([])
  })

  test('whoever raises the version passes the bookkeeping, for so do the verbs: that is not for hands', async () => {
    const id = await submit(sql)
    const { updated_at } = await request(sql, id)
    await edit(sql, id, { version: 7 })
    expect(await request(sql, id)).toMatchObject({ version: '7', updated_at })
  })

  test('the time of the last update is kept by the database', async () => {
    const id = await submit(sql)
    await later(worker, '1 hour')
    await edit(worker, id, { updated_at: new Date('2001-01-01') })
    const [row] = await worker`select updated_at = worker.now() as exact from public.agent_task_requests`
    expect(row).toEqual({ exact: true })
  })
})
