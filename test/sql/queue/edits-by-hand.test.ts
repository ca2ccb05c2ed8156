import { describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { edit, inMs, later, request, requestIn, STATES, setScene, submit, submitAndClaim } from '../arrange.ts'
import { beat, claim, claimOne, reap, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

const NEW_LIFE = {
  status: 'pending',
  life: 2,
  attempt: 0,
  crash_count: 0,
  snooze_count: 0,
  response_payload: null,
  error: null,
  cancel_requested_at: null,
  started_at: null,
  finished_at: null,
}

describe("an admin's update in the table editor", () => {
  test('processing → pending begins a new life', async () => {
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { status: 'pending' })
    expect(await request(sql, task)).toMatchObject(NEW_LIFE)
    expect(await sql`select from worker.leases`).toHaveLength(0)
  })

  test('processing → pending tells the old attempt at its next beat that it has lost', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { status: 'pending' })
    expect(await beat(worker, [held])).toEqual(['lost'])
  })

  test('processing → pending lets another attempt run while the old one is fenced off', async () => {
    const old = await submitAndClaim(scene)
    await edit(sql, old.task, { status: 'pending' })
    const young = await claimOne(worker)
    expect(await settle(worker, { ...old, outcome: 'completed', detail: { response: { answer: 'old' } } })).toEqual([
      'lost',
    ])
    expect(await settle(worker, { ...young, outcome: 'completed', detail: { response: { answer: 'new' } } })).toEqual([
      'completed',
    ])
    expect(await request(sql, old.task)).toMatchObject({ response_payload: { answer: 'new' }, life: 2, attempt: 1 })
  })

  test.each(['completed', 'failed', 'cancelled'])(
    '%s → pending begins a new life, with what the old one left cleared',
    async status => {
      const id = await requestIn(status, scene)
      expect(await request(sql, id)).toMatchObject({ status, life: 1, finished_at: expect.any(Date) })
      await edit(sql, id, { status: 'pending' })
      expect(await request(sql, id)).toMatchObject(NEW_LIFE)
      expect(await claim(worker)).toMatchObject([{ task_id: id, life: 2, attempt: 1 }])
    },
  )

  test.each(['completed', 'failed', 'cancelled'])(
    '%s → scheduled begins a new life too, at the time set',
    async status => {
      const id = await requestIn(status, scene)
      const tonight = new Date(Date.now() + 3_600_000)
      await edit(sql, id, { status: 'scheduled', run_at: tonight })
      expect(await request(sql, id)).toMatchObject({ ...NEW_LIFE, status: 'scheduled', run_at: tonight })
      await later(worker, '2 hours')
      expect(await claim(worker)).toMatchObject([{ task_id: id, life: 2, attempt: 1 }])
    },
  )

  test('scheduled → pending runs now', async () => {
    const id = await requestIn('scheduled', scene)
    await edit(sql, id, { status: 'pending' })
    expect(await claim(worker)).toMatchObject([{ task_id: id, life: 1, attempt: 1 }])
    const [row] = await sql`select run_at <= clock_timestamp() as due from public.agent_task_requests`
    expect(row).toEqual({ due: true })
  })

  test('pending → scheduled waits until the time set', async () => {
    const id = await requestIn('pending', scene)
    await edit(sql, id, { status: 'scheduled', run_at: new Date(Date.now() + 3_600_000) })
    expect(await claim(worker)).toEqual([])
    await later(worker, '2 hours')
    expect(await claim(worker)).toMatchObject([{ task_id: id, life: 1 }])
  })

  test.each(STATES.filter(state => state !== 'processing'))(
    '%s → processing is refused, for only a worker takes tasks',
    async status => {
      const id = await requestIn(status, scene)
      const before = await request(sql, id)
      await expect(edit(sql, id, { status: 'processing' })).rejects.toMatchObject({
        code: '22023',
        message: 'Only a worker can take a task.',
        hint: expect.stringContaining('pending'),
      })
      expect(await request(sql, id)).toEqual(before)
    },
  )

  test.each(['completed', 'failed', 'cancelled'])('processing → %s ends the task and drops the lease', async status => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { status })
    expect(await request(sql, held.task)).toMatchObject({ status, life: 1, finished_at: expect.any(Date) })
    expect(await sql`select from worker.leases`).toHaveLength(0)
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['lost'])
  })

  test.each(STATES.filter(state => state !== 'waiting'))(
    '%s → waiting is refused, for only a running task waits for others',
    async status => {
      const id = await requestIn(status, scene)
      const before = await request(sql, id)
      await expect(edit(sql, id, { status: 'waiting' })).rejects.toMatchObject({
        code: '22023',
        message: 'Only a running task can wait for others.',
        hint: expect.stringContaining('scheduled'),
      })
      expect(await request(sql, id)).toEqual(before)
    },
  )

  test.each(STATES.flatMap(from => ['pending', 'scheduled', 'completed', 'failed', 'cancelled'].map(to => [from, to])))(
    '%s → %s is taken, and the queue knows',
    async (from, to) => {
      const id = await requestIn(from, scene)
      await edit(sql, id, { status: to })
      expect(await request(sql, id)).toMatchObject({
        status: to,
        finished_at: to === 'pending' || to === 'scheduled' ? null : expect.any(Date),
      })
      // Whose time was not set runs as soon as somebody looks.
      if (from !== 'scheduled' && to === 'scheduled') await edit(sql, id, { run_at: inMs(-1000) })
      const runs = to === 'pending' || (to === 'scheduled' && from !== 'scheduled')
      const claimed = await claim(worker, { kinds: ['assistant'] })
      expect(claimed.map(task => task.task_id)).toEqual(runs ? [id] : [])
    },
  )

  test('waiting → pending goes on in the same life, without its children', async () => {
    const id = await requestIn('waiting', scene)
    await edit(sql, id, { status: 'pending' })
    expect(await claim(worker, { kinds: ['assistant'] })).toMatchObject([{ task_id: id, life: 1, attempt: 1 }])
  })

  test.each(['waiting', 'scheduled'])('%s → cancelled leaves nothing of it in the queue', async status => {
    const id = await requestIn(status, scene)
    await edit(sql, id, { status: 'cancelled' })
    expect(await sql`select from worker.queue where task_id = ${id}`).toHaveLength(0)
  })

  test('a changed priority counts at the next claim', async () => {
    const [first, second] = [await submit(sql), await submit(sql)]
    await edit(sql, second, { priority: 1 })
    expect(await claim(worker)).toMatchObject([{ task_id: second }])
    expect(await claim(worker)).toMatchObject([{ task_id: first }])
  })

  test('a lowered priority lets others go ahead', async () => {
    const [first, second] = [await submit(sql, { priority: 5 }), await submit(sql, { priority: 5 })]
    await edit(sql, first, { priority: 4 })
    expect(await claim(worker)).toMatchObject([{ task_id: second }])
  })

  test('a changed kind makes it a task for other workers', async () => {
    const id = await submit(sql)
    await edit(sql, id, { kind: 'course' })
    expect(await claim(worker, { kinds: ['assistant'] })).toEqual([])
    expect(await claim(worker, { kinds: ['course'] })).toMatchObject([{ task_id: id, kind: 'course' }])
  })

  test.each([
    [{ kind: 'NO GOOD' }, '23514'],
    [{ request_payload: sql.json([]) }, '22023'],
    [{ priority: 10 }, '23514'],
    [{ max_attempts: 0 }, '23514'],
  ])('what a new request may not say, an edit may not either: %j', async (values, code) => {
    const id = await submit(sql)
    const before = await request(sql, id)
    await expect(edit(sql, id, values)).rejects.toMatchObject({ code })
    expect(await request(sql, id)).toEqual(before)
  })

  test('a new owner is who may have it counted', async () => {
    const user_id = await addUser(sql, 'heir@acme.test')
    const id = await submit(sql)
    await edit(sql, id, { user_id })
    expect(await sql`select user_id from worker.queue`).toEqual([{ user_id }])
    await sql`delete from auth.users where id = ${user_id}`
  })

  test('a moved hour is what it waits for', async () => {
    const id = await requestIn('scheduled', scene)
    await edit(sql, id, { run_at: inMs(60_000) })
    await later(worker, '50 seconds')
    expect(await claim(worker)).toEqual([])
    await later(worker, '61 seconds')
    expect(await claim(worker)).toMatchObject([{ task_id: id }])
  })

  test('an edit that leaves the status alone leaves the lease alone', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { status: 'processing', priority: 3 })
    expect(await beat(worker, [held])).toEqual(['ok'])
  })

  test('an unknown status is refused by name', async () => {
    const id = await requestIn('failed', scene)
    await expect(edit(sql, id, { status: 'Pending' })).rejects.toMatchObject({
      code: '23514',
      constraint_name: 'status_is_known',
    })
  })

  test('a request can be deleted while it runs, and its lease goes with it', async () => {
    const held = await submitAndClaim(scene)
    await sql`delete from public.agent_task_requests where id = ${held.task}`
    expect(await beat(worker, [held])).toEqual(['lost'])
    await later(worker, '2 minutes')
    expect(await reap(worker)).toEqual([])
  })

  test('a deleted user takes the tasks along, also one that runs', async () => {
    const user_id = await addUser(sql, 'leaving@acme.test')
    const held = await submitAndClaim(scene, { user_id })
    await sql`delete from auth.users where id = ${user_id}`
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['lost'])
  })

  test('finished_at cannot be set on a task that goes on, nor taken from one that has ended', async () => {
    const pending = await requestIn('pending', scene)
    await edit(sql, pending, { finished_at: new Date() })
    expect(await request(sql, pending)).toMatchObject({ finished_at: null })
    const failed = await requestIn('failed', scene)
    await edit(sql, failed, { finished_at: null })
    expect(await request(sql, failed)).toMatchObject({ finished_at: expect.any(Date) })
  })
})
