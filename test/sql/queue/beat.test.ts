import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import { beat, reap, register, settle, WORKER } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

describe('worker.beat', () => {
  test('prolongs the leases of running tasks', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '50 seconds')
    expect(await beat(worker, [held], 30)).toEqual(['ok'])
    const [lease] = await worker`select expires_at - worker.now() = interval '30 seconds' as exact from worker.leases`
    expect(lease).toEqual({ exact: true })
  })

  test('saves a task from the reaper', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '50 seconds')
    await beat(worker, [held], 60)
    await later(worker, '100 seconds')
    expect(await reap(worker)).toEqual([])
  })

  test('tells that a cancel was requested, and prolongs all the same', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    await later(worker, '50 seconds')
    expect(await beat(worker, [held], 60)).toEqual(['cancel'])
    await later(worker, '100 seconds')
    expect(await reap(worker)).toEqual([])
  })

  test('tells that a settled task is lost', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await beat(worker, [held])).toEqual(['lost'])
  })

  test('tells that a deleted task is lost', async () => {
    const held = await submitAndClaim(scene)
    await sql`delete from public.agent_task_requests where id = ${held.task}`
    expect(await beat(worker, [held])).toEqual(['lost'])
  })

  test("tells that a task is lost by another attempt's lease, and does not prolong that", async () => {
    const held = await submitAndClaim(scene)
    const before = await sql`select * from worker.leases`
    await later(worker, '10 seconds')
    const wrong = { ...held, lease: WORKER }
    expect(await beat(worker, [wrong])).toEqual(['lost'])
    expect(await sql`select * from worker.leases`).toEqual(before)
  })

  test('gives each task of a batch its own verdict', async () => {
    const running = await submitAndClaim(scene)
    const cancelled = await submitAndClaim(scene)
    const lost = await submitAndClaim(scene)
    await edit(sql, cancelled.task, { cancel_requested_at: new Date() })
    await edit(sql, lost.task, { status: 'pending' })
    expect(await beat(worker, [cancelled, lost, running])).toEqual(['cancel', 'lost', 'ok'])
  })

  test('leaves the requests themselves untouched', async () => {
    const id = await requestIn('processing', scene)
    const before = await sql`select * from public.agent_task_requests where id = ${id}`
    const [lease] = await sql`select id from worker.leases`
    await beat(worker, [{ task: id, lease: lease?.id }])
    expect(await sql`select * from public.agent_task_requests where id = ${id}`).toEqual(before)
  })

  test('puts on record that the worker lives, and how much it has in hand', async () => {
    await register(worker)
    const held = await submitAndClaim(scene)
    await later(worker, '1 hour')
    await beat(worker, [held])
    const workers = await worker`select in_flight, beat_at = worker.now() as now from worker.workers`
    expect(workers).toEqual([{ in_flight: 1, now: true }])
  })

  test('beats for a worker with nothing in hand', async () => {
    await register(worker)
    await later(worker, '1 hour')
    expect(await beat(worker, [])).toEqual([])
    const workers = await worker`select in_flight, beat_at = worker.now() as now from worker.workers`
    expect(workers).toEqual([{ in_flight: 0, now: true }])
  })
})
