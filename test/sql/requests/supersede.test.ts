import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import {
  addPeople,
  later,
  request,
  requestIn,
  setScene,
  submit,
  submitAndClaim,
  user,
  whileWaiting,
} from '../arrange.ts'
import { beat, claim, settle, spawn } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)
const [one, two] = [await connect(), await connect()]
const draft = { user_id: people.owner, enterprise_id: people.acme, supersede_key: 'draft-7' }

async function status(id: string) {
  return (await request(sql, id)).status
}

describe('a task with a supersede key', () => {
  test.each(['pending', 'scheduled', 'waiting'])('ends an older %s one at once', async state => {
    const old = await requestIn(state, scene, draft)
    const young = await submit(sql, draft)
    expect(await request(sql, old)).toMatchObject({
      status: 'cancelled',
      cancel_requested_at: expect.any(Date),
      finished_at: expect.any(Date),
    })
    expect(await status(young)).toBe('pending')
  })

  test('tells an older running one to stop', async () => {
    const old = await submitAndClaim(scene, draft)
    await submit(sql, draft)
    expect(await beat(worker, [old])).toEqual(['cancel'])
    expect(await settle(worker, { ...old, outcome: 'cancelled' })).toEqual(['cancelled'])
  })

  test('ends the children of an older one, too', async () => {
    const old = await submitAndClaim(scene, draft)
    await spawn(worker, old, { key: 'a' })
    await submit(sql, draft)
    expect(await sql`select status from public.agent_task_requests where parent_id is not null`).toEqual([
      { status: 'cancelled' },
    ])
  })

  test.each(['completed', 'failed'])('leaves an older %s one as it is', async state => {
    const old = await requestIn(state, scene, draft)
    const before = await request(sql, old)
    await submit(sql, draft)
    expect(await request(sql, old)).toEqual(before)
  })

  test.each([
    ['another key', { supersede_key: 'draft-8' }],
    ['no key', { supersede_key: null }],
    ['another kind', { kind: 'course' }],
    ['another user', { user_id: people.colleague }],
    ['another enterprise', { enterprise_id: null }],
    ['nobody’s', { user_id: null }],
  ])('leaves alone what has %s', async (_, values) => {
    const other = await submit(sql, { ...draft, ...values })
    await submit(sql, draft)
    expect(await status(other)).toBe('pending')
  })

  test('of a server ends that of a server of the same enterprise', async () => {
    const old = await submit(worker, { ...draft, user_id: null })
    await submit(worker, { ...draft, user_id: null })
    expect(await status(old)).toBe('cancelled')
  })

  test('may be submitted by its user, who may update no task', async () => {
    const insert = () =>
      as(
        sql,
        user(people.owner),
        tx => tx`
        insert into public.agent_task_requests (enterprise_id, supersede_key) values (${people.acme}, 'draft-7') returning id`,
      )
    const [old] = await insert()
    await insert()
    expect(await status(old?.id)).toBe('cancelled')
  })

  test('is the only one left of many', async () => {
    for (let n = 0; n < 5; n++) await submit(sql, draft)
    expect(await sql`select from worker.queue`).toHaveLength(1)
    expect(await claim(worker, { slots: 5 })).toHaveLength(1)
  })

  test('is the only one left of a batch: the last', async () => {
    const ids = ['1', '2', '3'].map(n => `00000000-0000-4000-8000-00000000000${n}`)
    await sql`insert into public.agent_task_requests ${sql(ids.map(id => ({ ...draft, id })))}`
    expect(await Promise.all(ids.map(status))).toEqual(['cancelled', 'cancelled', 'pending'])
    expect((await claim(worker, { slots: 5 })).map(task => task.task_id)).toEqual([ids[2]])
  })

  test('is the only one left of two that come at once', async () => {
    await one`begin`
    const first = await submit(one, draft)
    const [second] = await whileWaiting(sql, submit(two, draft), () => one`commit`)
    expect([await status(first), await status(second)]).toEqual(['cancelled', 'pending'])
  })

  test('is the only one left of ten that come at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => connect()))
    await Promise.all(sessions.map(session => submit(session, draft)))
    const open = await sql`select from public.agent_task_requests where status = 'pending'`
    expect(open).toHaveLength(1)
  })

  test('does not bring back the older one when it is cancelled itself', async () => {
    const old = await submit(sql, draft)
    const young = await submit(sql, draft)
    await sql`select public.cancel_agent_task(${young})`
    expect(await status(old)).toBe('cancelled')
    await later(worker, '1 hour')
    expect(await claim(worker)).toEqual([])
  })

  test('finds room where only what it replaces takes it', async () => {
    await submit(sql, draft)
    await sql`insert into public.agent_task_requests (user_id) select ${people.owner} from generate_series(1, 99)`
    const young = await submit(sql, draft)
    expect(await status(young)).toBe('pending')
  })
})
