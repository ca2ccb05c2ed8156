import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { edit, later, request, requestIn, setScene, submitAndClaim, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, type Held, settle } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const byHand = await connect()

async function report({ task, lease }: Held, progress: postgres.JSONValue, session = worker): Promise<string> {
  const [row] = await session`
    select worker.report_progress(${task}, ${lease}, ${JSON.stringify(progress)}::text::jsonb) as verdict`
  return only(row).verdict
}

const half = { done: 5, total: 10, text: 'Half of it.' }

describe('worker.report_progress', () => {
  test('puts into the row how far it is, and raises the version', async () => {
    const held = await submitAndClaim(scene)
    const before = await request(sql, held.task)
    await later(worker, '30 seconds')
    expect(await report(held, half)).toBe('continue')
    const after = await request(sql, held.task)
    expect(after).toMatchObject({ progress: half, status: 'processing', version: String(Number(before.version) + 1) })
    expect(await worker`select updated_at = worker.now() as now from public.agent_task_requests`).toEqual([
      { now: true },
    ])
  })

  test('replaces what was said before', async () => {
    const held = await submitAndClaim(scene)
    await report(held, half)
    await report(held, { text: 'Nearly.' })
    expect(await request(sql, held.task)).toMatchObject({ progress: { text: 'Nearly.' } })
  })

  test('takes it from a gateway that hands it over as text inside of a JSON string', async () => {
    const held = await submitAndClaim(scene)
    await report(held, JSON.stringify(half))
    expect(await request(sql, held.task)).toMatchObject({ progress: half })
  })

  test.each([
    ['too much', { text: 'ä'.repeat(1100) }, 'progress_is_small'],
    ['a list', [1, 2], 'progress_is_an_object'],
    ['a number', 5, 'progress_is_an_object'],
  ])('refuses %s', async (_what, progress, constraint_name) => {
    const held = await submitAndClaim(scene)
    await expect(report(held, progress)).rejects.toMatchObject({ code: '23514', constraint_name })
    expect(await request(sql, held.task)).toMatchObject({ progress: null })
  })

  test('takes as much as fits', async () => {
    const held = await submitAndClaim(scene)
    await report(held, { text: 'x'.repeat(2000) })
    await settle(worker, { ...held, outcome: 'completed', detail: { response: {} } })
    expect(await request(sql, held.task)).toMatchObject({ status: 'completed', progress: { text: 'x'.repeat(2000) } })
  })

  test('writes nothing without the lease', async () => {
    const id = await requestIn('processing', scene)
    const before = await request(sql, id)
    expect(await report({ task: id, lease: crypto.randomUUID() }, half)).toBe('lost')
    expect(await report({ task: crypto.randomUUID(), lease: crypto.randomUUID() }, half)).toBe('lost')
    expect(await request(sql, id)).toEqual(before)
  })

  test('writes nothing after the end', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await report(held, half)).toBe('lost')
    expect(await request(sql, held.task)).toMatchObject({ progress: null })
  })

  test('keeps a cancel that is just being requested, and hears of it', async () => {
    const held = await submitAndClaim(scene)
    await byHand`begin`
    await byHand`select public.cancel_agent_task(${held.task})`
    const [verdict] = await whileWaiting(sql, report(held, half), () => byHand`commit`)
    expect(verdict).toBe('cancel')
    expect(await request(sql, held.task)).toMatchObject({ progress: half, cancel_requested_at: expect.any(Date) })
  })

  test('waits for an edit by hand, and then writes nothing', async () => {
    const held = await submitAndClaim(scene)
    await byHand`begin`
    await edit(byHand, held.task, { status: 'pending' })
    const [verdict] = await whileWaiting(sql, report(held, half), () => byHand`commit`)
    expect(verdict).toBe('lost')
    expect(await request(sql, held.task)).toMatchObject({ progress: null, status: 'pending', life: 2 })
  })

  test('is kept from one attempt to the next', async () => {
    const held = await submitAndClaim(scene)
    await report(held, half)
    await settle(worker, { ...held, outcome: 'released' })
    await claimOne(worker)
    expect(await request(sql, held.task)).toMatchObject({ attempt: 1, progress: half })
  })

  test.each(['pending', 'scheduled'])('is gone in a new life that begins as %s', async status => {
    const held = await submitAndClaim(scene)
    await report(held, half)
    await settle(worker, { ...held, outcome: 'completed' })
    await edit(sql, held.task, { status })
    expect(await request(sql, held.task)).toMatchObject({ life: 2, progress: null })
  })

  test('is gone when its user has it retried', async () => {
    const held = await submitAndClaim(scene)
    await report(held, half)
    await settle(worker, { ...held, outcome: 'failed' })
    await sql`select public.retry_agent_task(${held.task})`
    expect(await request(sql, held.task)).toMatchObject({ life: 2, progress: null })
  })
})
