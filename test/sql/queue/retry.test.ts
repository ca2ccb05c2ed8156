import { describe, expect, test } from 'vitest'
import { edit, later, request, setScene, submitAndClaim } from '../arrange.ts'
import { claim, claimOne, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const error = { code: 'provider_down', message: 'Try later.', retryable: true }

/** Seconds from the worker's clock to the next run. */
async function delay(): Promise<number> {
  const [row] =
    await worker`select extract(epoch from run_at - worker.now())::float as seconds from public.agent_task_requests`
  return row?.seconds
}

describe('a retry', () => {
  test('is scheduled, with the error kept while it waits', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'retry', detail: { error } })).toEqual(['scheduled'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'scheduled', error, attempt: 1, finished_at: null })
  })

  test('comes after a random part of a span that doubles with each attempt', async () => {
    await later(worker, '1 hour')
    const spans = { 1: 2, 2: 4, 5: 32, 8: 256, 9: 300, 24: 300 }
    for (const [attempt, span] of Object.entries(spans)) {
      const held = await submitAndClaim(scene, { max_attempts: 25 })
      await edit(sql, held.task, { attempt })
      await settle(worker, { ...held, outcome: 'retry', detail: { error } })
      const seconds = await delay()
      expect(seconds, `attempt ${attempt}`).toBeGreaterThanOrEqual(0)
      expect(seconds, `attempt ${attempt}`).toBeLessThanOrEqual(span)
      await sql`delete from public.agent_task_requests`
    }
  })

  test('is spread over its span, so that tasks that failed together do not come back together', async () => {
    const delays =
      await sql`select extract(epoch from private.retry_delay(5))::float as s from generate_series(1, 1000)`
    const seconds = delays.map(row => row.s as number)
    expect(Math.min(...seconds)).toBeLessThan(4)
    expect(Math.max(...seconds)).toBeGreaterThan(28)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(32)
  })

  test('waits at least as long as the provider asked', async () => {
    await later(worker, '1 hour')
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'retry', detail: { error, after_seconds: 90.5 } })
    expect(await delay()).toBeCloseTo(90.5, 3)
  })

  test('is not taken before it is due, and is the next attempt of the same life', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'retry', detail: { error, after_seconds: 90 } })
    await later(worker, '80 seconds')
    expect(await claim(worker)).toEqual([])
    await later(worker, '91 seconds')
    expect(await claim(worker)).toMatchObject([{ task_id: held.task, attempt: 2, life: 1 }])
  })

  test('fails the task at its last attempt', async () => {
    const first = await submitAndClaim(scene, { max_attempts: 2 })
    await settle(worker, { ...first, outcome: 'retry', detail: { error } })
    await later(worker, '1 minute')
    const second = await claimOne(worker)
    expect(await settle(worker, { ...second, outcome: 'retry', detail: { error } })).toEqual(['failed'])
    expect(await request(sql, first.task)).toMatchObject({
      status: 'failed',
      error,
      attempt: 2,
      finished_at: expect.any(Date),
    })
  })

  test('leaves no error behind once the task is completed', async () => {
    const first = await submitAndClaim(scene)
    await settle(worker, { ...first, outcome: 'retry', detail: { error } })
    await later(worker, '1 minute')
    const second = await claimOne(worker)
    await settle(worker, { ...second, outcome: 'completed', detail: { response: { answer: '42' } } })
    expect(await request(sql, first.task)).toMatchObject({ status: 'completed', error: null })
  })
})
