import { describe, expect, test } from 'vitest'
import { later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import { claim, reap } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

describe("the queue's clock", () => {
  test('is the real time in a session that does not move it', async () => {
    const [row] =
      await sql`select worker.now() between clock_timestamp() - interval '1 second' and clock_timestamp() as real`
    expect(row).toEqual({ real: true })
  })

  test('runs on within a transaction', async () => {
    const [row] = await sql`select worker.now() > now() as later`
    expect(row).toEqual({ later: true })
  })

  test('stands where a session has put it, for that session alone', async () => {
    await worker`select set_config('worker.fake_now', '2040-01-01T00:00:00Z', false)`
    expect(await worker`select worker.now()`).toEqual([{ now: new Date('2040-01-01T00:00:00Z') }])
    const [row] = await sql`select worker.now() < '2040-01-01' as real`
    expect(row).toEqual({ real: true })
  })

  test('moves leases to their end', async () => {
    const { task } = await submitAndClaim(scene)
    await later(worker, '61 seconds')
    expect(await reap(worker)).toEqual([{ task_id: task, status: 'pending' }])
  })

  test('moves schedules to their hour', async () => {
    const id = await requestIn('scheduled', scene)
    await later(worker, '61 minutes')
    expect(await claim(worker)).toMatchObject([{ task_id: id }])
  })

  test.each(['2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z'])(
    'tells at %s what is due in a new request',
    async time => {
      await worker`select set_config('worker.fake_now', ${time}, false)`
      const [row] = await worker`
      insert into public.agent_task_requests (request_payload) values ('{}') returning status, run_at, created_at`
      expect(row).toEqual({ status: 'pending', run_at: new Date(time), created_at: new Date(time) })
    },
  )
})
