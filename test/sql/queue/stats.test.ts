import { describe, expect, test } from 'vitest'
import { later, requestIn, setScene, submit, submitAndClaim } from '../arrange.ts'
import { claim, register, WORKER } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

const stats = async () => (await worker`select worker.stats()`)[0]?.stats

describe('worker.stats', () => {
  test('tells of an empty queue', async () => {
    expect(await stats()).toEqual({ depth: [], oldest_pending_seconds: null, stuck: 0, workers: [] })
  })

  test('counts requests by kind and status', async () => {
    await requestIn('completed', scene)
    await submit(sql)
    await submit(sql)
    await submit(sql, { kind: 'course' })
    expect((await stats()).depth).toEqual([
      { kind: 'assistant', status: 'completed', tasks: 1 },
      { kind: 'assistant', status: 'pending', tasks: 2 },
      { kind: 'course', status: 'pending', tasks: 1 },
    ])
  })

  test('tells how long the oldest has waited', async () => {
    await submit(sql)
    await later(worker, '5 minutes')
    await submit(sql)
    expect((await stats()).oldest_pending_seconds).toBeCloseTo(300, -1)
  })

  test('counts the leases that have run out', async () => {
    await register(worker)
    await submitAndClaim(scene)
    expect((await stats()).stuck).toBe(0)
    await later(worker, '61 seconds')
    await register(worker)
    expect((await stats()).stuck).toBe(1)
  })

  test('counts the leases of workers that are silent, however long these are', async () => {
    await register(worker)
    await submit(sql)
    await claim(worker, { seconds: 3600 })
    expect((await stats()).stuck).toBe(0)
    await later(worker, '61 seconds')
    expect((await stats()).stuck).toBe(1)
  })

  test('names the workers that beat', async () => {
    await register(worker)
    await claim(worker)
    expect((await stats()).workers).toMatchObject([
      { id: WORKER, host: 'test-host', version: '0.0.0', hears: 'postgres', idle: true, in_flight: 0 },
    ])
  })

  test('forgets a worker that has not beaten for a minute', async () => {
    await register(worker)
    await later(worker, '61 seconds')
    expect((await stats()).workers).toEqual([])
  })
})
