import { describe, expect, test } from 'vitest'
import { inMs, later, request, setScene, submit, whileWaiting } from '../arrange.ts'
import { claim, register, WORKER } from '../verbs.ts'

const { sql, worker, connect } = await setScene()

describe('worker.claim', () => {
  test('takes nothing from an empty queue', async () => {
    expect(await claim(worker, { slots: 5 })).toEqual([])
  })

  test('hands over what the worker needs, with a lease', async () => {
    const id = await submit(sql, { kind: 'course', request_payload: { topic: 'Tides' }, max_attempts: 3 })
    const [task] = await claim(worker)
    expect(task).toMatchObject({
      task_id: id,
      lease_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'course',
      life: 1,
      attempt: 1,
      max_attempts: 3,
      user_id: null,
      enterprise_id: null,
      request_payload: { topic: 'Tides' },
    })
    expect(await request(sql, id)).toMatchObject({ status: 'processing', attempt: 1, started_at: expect.any(Date) })
    expect(await sql`select task_id, worker_id from worker.leases`).toMatchObject([{ task_id: id, worker_id: WORKER }])
  })

  test('makes a lease that ends after the seconds asked for', async () => {
    await later(worker, '1 hour')
    await submit(sql)
    await claim(worker, { seconds: 30 })
    const [lease] = await worker`select expires_at - worker.now() = interval '30 seconds' as exact from worker.leases`
    expect(lease).toEqual({ exact: true })
  })

  test('takes no more than the free slots', async () => {
    await Promise.all([submit(sql), submit(sql), submit(sql)])
    expect(await claim(worker, { slots: 2 })).toHaveLength(2)
    expect(await claim(worker, { slots: 2 })).toHaveLength(1)
  })

  test('takes nothing with no slot free', async () => {
    await submit(sql)
    expect(await claim(worker, { slots: 0 })).toEqual([])
  })

  test('takes of one tenant the higher priority first, then the older request', async () => {
    const old = await submit(sql, { priority: 0 })
    const urgent = await submit(sql, { priority: 9 })
    const young = await submit(sql, { priority: 0 })
    const order = [await claim(worker), await claim(worker), await claim(worker)].map(([task]) => task?.task_id)
    expect(order).toEqual([urgent, old, young])
  })

  test('takes only the kinds asked for', async () => {
    await submit(sql, { kind: 'assistant' })
    const course = await submit(sql, { kind: 'course' })
    const tasks = await claim(worker, { slots: 5, kinds: ['course', 'report'] })
    expect(tasks.map(task => task.task_id)).toEqual([course])
  })

  test('takes any kind when none is named', async () => {
    await submit(sql, { kind: 'assistant' })
    await submit(sql, { kind: 'course' })
    expect(await claim(worker, { slots: 5, kinds: null })).toHaveLength(2)
  })

  test('takes a scheduled request that has fallen due', async () => {
    const id = await submit(sql, { run_at: new Date(Date.now() + 60_000) })
    await later(worker, '61 seconds')
    expect(await claim(worker)).toMatchObject([{ task_id: id, life: 1 }])
  })

  test('leaves a scheduled request that is not due', async () => {
    const id = await submit(sql, { run_at: new Date(Date.now() + 60_000) })
    await later(worker, '50 seconds')
    expect(await claim(worker)).toEqual([])
    expect(await request(sql, id)).toMatchObject({ status: 'scheduled' })
  })

  test('tells how many seconds a request has waited, and how many are left until its deadline', async () => {
    await submit(sql, { deadline_at: inMs(3_600_000) })
    await later(worker, '10 minutes')
    const [task] = await claim(worker)
    expect(task?.waited_seconds).toBeCloseTo(600, -1)
    expect(task?.deadline_seconds).toBeCloseTo(3000, -1)
  })

  test('tells of no deadline where there is none', async () => {
    await submit(sql)
    expect(await claim(worker)).toMatchObject([{ deadline_seconds: null }])
  })

  test('leaves what is ended or already claimed', async () => {
    await submit(sql)
    await claim(worker)
    const ended = await submit(sql)
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${ended}`
    expect(await claim(worker, { slots: 5 })).toEqual([])
  })

  test('keeps the first start when it claims a second attempt', async () => {
    const id = await submit(sql)
    const [first] = await claim(worker)
    const started = (await request(sql, id)).started_at
    await worker`select * from worker.settle(array[${id}]::uuid[], array[${first?.lease_id ?? null}]::uuid[], '{released}', '{null}')`
    await claim(worker)
    expect((await request(sql, id)).started_at).toEqual(started)
  })

  test('puts the worker on record as idle when the queue gave less than asked for', async () => {
    await register(worker)
    await submit(sql)
    await claim(worker, { slots: 2 })
    expect(await sql`select idle from worker.workers`).toEqual([{ idle: true }])
  })

  test('puts the worker on record as busy when all its slots are filled', async () => {
    await register(worker)
    await claim(worker, { slots: 1 })
    await submit(sql)
    await claim(worker, { slots: 1 })
    expect(await sql`select idle from worker.workers`).toEqual([{ idle: false }])
  })

  test('waits for another session that is just claiming, and never gives one request twice', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => submit(sql)))
    const other = await connect({ role: 'service_role' })
    await other`begin`
    const theirs = await claim(other, { slots: 2 })
    const [ours] = await whileWaiting(sql, claim(worker, { slots: 4 }), () => other`commit`)
    expect(ours).toHaveLength(2)
    expect([...theirs, ...ours].map(task => task.task_id).sort()).toEqual(ids.sort())
  })

  test('leaves a request to others when the session that claimed it breaks off', async () => {
    const id = await submit(sql)
    const other = await connect({ role: 'service_role' })
    await other`begin`
    await claim(other)
    await other`rollback`
    expect(await claim(worker)).toMatchObject([{ task_id: id, attempt: 1 }])
  })
})
