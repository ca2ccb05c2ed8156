import { describe, expect, test } from 'vitest'
import { edit, inMs, later, request, setScene, submitAndClaim } from '../arrange.ts'
import { claim, claimOne, reap, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const error = { code: 'rate_limited', message: 'Come back later.', retryable: true }
const snooze = { outcome: 'snooze', detail: { error, after_seconds: 90 } }

describe('a snooze', () => {
  test('puts a task off for exactly as long as the provider asked, and keeps its words', async () => {
    await later(worker, '1 hour')
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, ...snooze })).toEqual(['scheduled'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'scheduled', error, finished_at: null, life: 1 })
    const [row] =
      await worker`select run_at - worker.now() = interval '90 seconds' as exact from public.agent_task_requests`
    expect(row).toEqual({ exact: true })
  })

  test('costs no attempt, and is counted', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, ...snooze })
    expect(await request(sql, held.task)).toMatchObject({ attempt: 0, snooze_count: 1, crash_count: 0 })
  })

  test('ends when it is due', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, ...snooze })
    await later(worker, '80 seconds')
    expect(await claim(worker)).toEqual([])
    await later(worker, '91 seconds')
    expect(await claim(worker)).toMatchObject([{ task_id: held.task, attempt: 1, life: 1 }])
  })

  test('spends none of the attempts, though there is only one', async () => {
    const held = await submitAndClaim(scene, { max_attempts: 1 })
    expect(await settle(worker, { ...held, ...snooze })).toEqual(['scheduled'])
    await later(worker, '2 minutes')
    const again = await claimOne(worker)
    expect(await settle(worker, { ...again, outcome: 'completed' })).toEqual(['completed'])
  })

  test('is taken a hundred times, and fails the task then', async () => {
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { snooze_count: 99 })
    const held = { task, lease: (await sql`select id from worker.leases`)[0]?.id }
    expect(await settle(worker, { ...held, ...snooze })).toEqual(['scheduled'])
    expect(await request(sql, task)).toMatchObject({ snooze_count: 100 })
    await later(worker, '2 minutes')
    const last = await claimOne(worker)
    expect(await settle(worker, { ...last, ...snooze })).toEqual(['failed'])
    expect(await request(sql, task)).toMatchObject({ error, snooze_count: 100, finished_at: expect.any(Date) })
  })

  test('does not reset what was counted before', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'retry' })
    await later(worker, '10 minutes')
    const second = await claimOne(worker)
    await settle(worker, { ...second, ...snooze })
    expect(await request(sql, held.task)).toMatchObject({ attempt: 1, snooze_count: 1 })
  })

  test('is forgotten in a new life', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, ...snooze })
    await edit(sql, held.task, { status: 'failed' })
    await edit(sql, held.task, { status: 'pending' })
    expect(await request(sql, held.task)).toMatchObject({ snooze_count: 0, life: 2 })
  })

  test('without a time ends at once', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'snooze' })).toEqual(['scheduled'])
    expect(await claim(worker)).toMatchObject([{ task_id: held.task }])
  })

  test('beyond the deadline fails the task at once, with nothing gained by waiting', async () => {
    const held = await submitAndClaim(scene, { deadline_at: inMs(60_000) })
    expect(await settle(worker, { ...held, ...snooze })).toEqual(['failed'])
    expect(await request(sql, held.task)).toMatchObject({ error: { code: 'deadline_exceeded', retryable: false } })
  })

  test('does not save a task from the count of its crashes', async () => {
    const { task } = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    await reap(worker)
    const held = await claimOne(worker)
    await settle(worker, { ...held, ...snooze })
    expect(await request(sql, task)).toMatchObject({ crash_count: 1 })
  })
})
