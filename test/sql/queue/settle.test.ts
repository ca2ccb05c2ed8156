import { describe, expect, test } from 'vitest'
import { edit, request, setScene, submitAndClaim } from '../arrange.ts'
import { claimOne, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

describe('worker.settle', () => {
  test('completes a task with its response', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'completed', detail: { response: { answer: '42' } } })).toEqual([
      'completed',
    ])
    expect(await request(sql, held.task)).toMatchObject({
      status: 'completed',
      response_payload: { answer: '42' },
      error: null,
      attempt: 1,
      finished_at: expect.any(Date),
    })
  })

  test('completes a task that has nothing to answer', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'completed', detail: { response: null } })).toEqual(['completed'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'completed', response_payload: null })
  })

  test('fails a task with its error', async () => {
    const held = await submitAndClaim(scene)
    const error = { code: 'provider_refused', message: 'The key is wrong.', retryable: false }
    expect(await settle(worker, { ...held, outcome: 'failed', detail: { error } })).toEqual(['failed'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'failed', error, finished_at: expect.any(Date) })
  })

  test('cancels a task and keeps what was there when it stopped', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'cancelled', detail: { response: { answer: 'It sc' } } })).toEqual([
      'cancelled',
    ])
    expect(await request(sql, held.task)).toMatchObject({
      status: 'cancelled',
      response_payload: { answer: 'It sc' },
      finished_at: expect.any(Date),
    })
  })

  test('gives a released task back at once, its attempt not spent', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'released' })).toEqual(['pending'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'pending', attempt: 0, life: 1, finished_at: null })
  })

  test('gives a released task back though an admin has set its attempt to 0', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { attempt: 0 })
    expect(await settle(worker, { ...held, outcome: 'released' })).toEqual(['pending'])
    expect(await request(sql, held.task)).toMatchObject({ status: 'pending', attempt: 0 })
  })

  test('gives the lease back whatever the outcome', async () => {
    for (const outcome of ['completed', 'failed', 'retry', 'snooze', 'cancelled', 'released', 'waiting']) {
      const held = await submitAndClaim(scene)
      await settle(worker, { ...held, outcome })
      expect(await sql`select from worker.leases`, outcome).toHaveLength(0)
      await sql`delete from public.agent_task_requests`
    }
  })

  test('completes a task though a cancel was requested, for the answer is there', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await settle(worker, { ...held, outcome: 'completed', detail: { response: { answer: '42' } } })).toEqual([
      'completed',
    ])
  })

  test.each(['retry', 'snooze', 'released', 'waiting'])(
    'cancels instead of %s when a cancel was requested',
    async outcome => {
      const held = await submitAndClaim(scene)
      await edit(sql, held.task, { cancel_requested_at: new Date() })
      const error = { code: 'provider_down', message: 'Try later.', retryable: true }
      expect(await settle(worker, { ...held, outcome, detail: { error } })).toEqual(['cancelled'])
      expect(await request(sql, held.task)).toMatchObject({
        status: 'cancelled',
        error: null,
        finished_at: expect.any(Date),
      })
    },
  )

  test('takes a response of 256 KiB', async () => {
    const held = await submitAndClaim(scene)
    const response = { answer: 'x'.repeat(262_144 - '{"answer": ""}'.length) }
    expect(await settle(worker, { ...held, outcome: 'completed', detail: { response } })).toEqual(['completed'])
  })

  test('fails a task whose response is larger than 256 KiB, and says so', async () => {
    const held = await submitAndClaim(scene)
    const response = { answer: 'x'.repeat(262_144) }
    expect(await settle(worker, { ...held, outcome: 'completed', detail: { response } })).toEqual(['failed'])
    expect(await request(sql, held.task)).toMatchObject({
      response_payload: null,
      error: { code: 'response_too_large', retryable: false, message: expect.stringContaining('256 KiB') },
    })
  })

  test('cancels a task though what it leaves is larger than 256 KiB', async () => {
    const held = await submitAndClaim(scene)
    const response = { answer: 'x'.repeat(262_144) }
    expect(await settle(worker, { ...held, outcome: 'cancelled', detail: { response } })).toEqual(['cancelled'])
    expect(await request(sql, held.task)).toMatchObject({ response_payload: null })
  })

  test('settles a batch with an outcome for each', async () => {
    const [a, b, c, d] = [
      await submitAndClaim(scene),
      await submitAndClaim(scene),
      await submitAndClaim(scene),
      await submitAndClaim(scene),
    ]
    await edit(sql, d.task, { status: 'pending' })
    const statuses = await settle(
      worker,
      { ...a, outcome: 'completed' },
      { ...b, outcome: 'failed' },
      { ...c, outcome: 'released' },
      { ...d, outcome: 'completed' },
    )
    expect(statuses).toEqual(['completed', 'failed', 'pending', 'lost'])
  })

  test('tells an old attempt of a task from a new one in the same batch', async () => {
    const old = await submitAndClaim(scene)
    await edit(sql, old.task, { status: 'pending' })
    const young = await claimOne(worker)
    const statuses = await settle(worker, { ...old, outcome: 'failed' }, { ...young, outcome: 'completed' })
    expect(statuses).toEqual(['lost', 'completed'])
    expect(await request(sql, old.task)).toMatchObject({ status: 'completed', life: 2 })
  })

  test('settles nothing when nothing is given', async () => {
    expect(await worker`select * from worker.settle('{}', '{}', '{}', '{}')`).toEqual([])
  })

  test.each(['processing', 'pending', 'scheduled', 'done'])(
    'refuses the unknown outcome %s, and the lease holds',
    async outcome => {
      const held = await submitAndClaim(scene)
      await expect(settle(worker, { ...held, outcome })).rejects.toMatchObject({
        code: '22023',
        message: expect.stringContaining(outcome),
      })
      expect(await sql`select from worker.leases`).toHaveLength(1)
    },
  )
})
