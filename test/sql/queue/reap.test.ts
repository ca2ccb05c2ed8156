import { describe, expect, test } from 'vitest'
import { edit, later, request, setScene, submitAndClaim, whileWaiting } from '../arrange.ts'
import { beat, claim, claimOne, reap, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const other = await connect({ role: 'service_role' })

/** The worker dies, and its lease runs out; a scheduled task falls due. */
async function crash(minutes: number) {
  await claimOne(worker)
  await later(worker, `${minutes} minutes`)
  return reap(worker)
}

describe('worker.reap', () => {
  test('leaves a task whose lease has not ended', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '50 seconds')
    expect(await reap(worker)).toEqual([])
    expect(await request(sql, held.task)).toMatchObject({ status: 'processing', crash_count: 0 })
  })

  test('gives a task back at once after the first crash', async () => {
    const { task } = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    expect(await reap(worker)).toEqual([{ task_id: task, status: 'pending' }])
    expect(await request(sql, task)).toMatchObject({
      status: 'pending',
      crash_count: 1,
      attempt: 1,
      life: 1,
      error: { code: 'worker_lost', retryable: true, message: expect.any(String) },
    })
    expect(await sql`select from worker.leases`).toHaveLength(0)
    expect(await claim(worker)).toMatchObject([{ task_id: task, attempt: 2, life: 1 }])
  })

  test('makes a task wait ten seconds after the second crash', async () => {
    const { task } = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    await reap(worker)
    expect(await crash(4)).toEqual([{ task_id: task, status: 'scheduled' }])
    const [row] =
      await worker`select crash_count, run_at - worker.now() = interval '10 seconds' as exact from public.agent_task_requests`
    expect(row).toEqual({ crash_count: 2, exact: true })
  })

  test('fails a task after the third crash, so that it cannot kill workers for ever', async () => {
    const { task } = await submitAndClaim(scene, { max_attempts: 25 })
    await later(worker, '2 minutes')
    await reap(worker)
    await crash(4)
    await later(worker, '6 minutes')
    expect(await crash(8)).toEqual([{ task_id: task, status: 'failed' }])
    expect(await request(sql, task)).toMatchObject({
      crash_count: 3,
      error: { code: 'worker_lost', retryable: false },
      finished_at: expect.any(Date),
    })
  })

  test('fails a task that crashed in its last attempt', async () => {
    const { task } = await submitAndClaim(scene, { max_attempts: 1 })
    await later(worker, '2 minutes')
    expect(await reap(worker)).toEqual([{ task_id: task, status: 'failed' }])
    expect(await request(sql, task)).toMatchObject({ error: { code: 'worker_lost', retryable: false } })
  })

  test('cancels a task when a cancel was requested', async () => {
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { cancel_requested_at: new Date() })
    await later(worker, '2 minutes')
    expect(await reap(worker)).toEqual([{ task_id: task, status: 'cancelled' }])
    expect(await request(sql, task)).toMatchObject({ error: null, finished_at: expect.any(Date) })
  })

  test('takes no more than the limit', async () => {
    for (let n = 0; n < 3; n++) await submitAndClaim(scene)
    await later(worker, '2 minutes')
    expect(await reap(worker, 2)).toHaveLength(2)
    expect(await reap(worker, 2)).toHaveLength(1)
  })

  test('passes over a task that another session is just settling', async () => {
    const held = await submitAndClaim(scene)
    const dead = await submitAndClaim(scene)
    await other`begin`
    await settle(other, { ...held, outcome: 'completed' })
    await later(worker, '2 minutes')
    const reaped = await reap(worker)
    await other`commit`
    expect(reaped).toEqual([{ task_id: dead.task, status: 'pending' }])
    expect(await request(sql, held.task)).toMatchObject({ status: 'completed' })
  })

  test('never gives one task back twice', async () => {
    await submitAndClaim(scene)
    await later(worker, '2 minutes')
    await later(other, '2 minutes')
    const reaped = await Promise.all([reap(worker), reap(other)])
    expect(reaped.flat()).toHaveLength(1)
  })

  test('yields to a beat that comes in between', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    await later(other, '2 minutes')
    await other`begin`
    await beat(other, [held], 60)
    const [reaped] = await whileWaiting(sql, reap(worker), () => other`commit`)
    expect(reaped).toEqual([])
    expect(await beat(worker, [held])).toEqual(['ok'])
  })
})
