import { describe, expect, test } from 'vitest'
import { edit, inMs, later, request, setScene, submit, submitAndClaim } from '../arrange.ts'
import { beat, claim, claimOne, reap, settle, spawn } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const EXCEEDED = {
  status: 'failed',
  error: { code: 'deadline_exceeded', retryable: false, message: 'The task was not done by its deadline.' },
  finished_at: expect.any(Date),
}
const inAMinute = () => ({ deadline_at: inMs(60_000) })

async function upkeep() {
  const [row] = await worker`select worker.upkeep(100)`
  return row?.upkeep
}

describe('a deadline', () => {
  test('lets a task be done in time', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['completed'])
  })

  test('keeps a pending task from being claimed once it is over', async () => {
    const task = await submit(sql, inAMinute())
    await later(worker, '61 seconds')
    expect(await claim(worker, { slots: 5 })).toEqual([])
    expect(await request(sql, task)).toMatchObject({ status: 'pending', attempt: 0 })
  })

  test('that is over ends a pending task', async () => {
    const task = await submit(sql, inAMinute())
    await later(worker, '59 seconds')
    expect(await upkeep()).toMatchObject({ expired: 0 })
    await later(worker, '61 seconds')
    expect(await upkeep()).toMatchObject({ expired: 1 })
    expect(await request(sql, task)).toMatchObject(EXCEEDED)
  })

  test('that is over ends a task that waits for its retry', async () => {
    const held = await submitAndClaim(scene, { deadline_at: inMs(3_600_000) })
    await settle(worker, { ...held, outcome: 'retry', detail: { after_seconds: 3000 } })
    await edit(sql, held.task, inAMinute())
    await later(worker, '61 seconds')
    await upkeep()
    expect(await request(sql, held.task)).toMatchObject(EXCEEDED)
  })

  test('that is over ends a task that waits for its children, and leaves those alone', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await spawn(worker, held, { key: 'a' })
    await sql`update public.agent_task_requests set deadline_at = null where parent_id is not null`
    await settle(worker, { ...held, outcome: 'waiting' })
    await later(worker, '61 seconds')
    await upkeep()
    expect(await request(sql, held.task)).toMatchObject(EXCEEDED)
    expect(await sql`select status from public.agent_task_requests where parent_id is not null`).toEqual([
      { status: 'pending' },
    ])
  })

  test('is passed on to children', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await spawn(worker, held, { key: 'a' })
    const deadlines = await sql`select distinct deadline_at from public.agent_task_requests`
    expect(deadlines).toHaveLength(1)
  })

  test('that is over is told to a running task by its beat, and ends nothing by itself', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await later(worker, '59 seconds')
    expect(await beat(worker, [held])).toEqual(['ok'])
    await later(worker, '61 seconds')
    expect(await beat(worker, [held])).toEqual(['deadline'])
    await upkeep()
    expect(await request(sql, held.task)).toMatchObject({ status: 'processing' })
  })

  test('that is over is outweighed by a cancel', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    await later(worker, '61 seconds')
    expect(await beat(worker, [held])).toEqual(['cancel'])
  })

  test('that is over lets a running task keep what is there when it stops', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await later(worker, '61 seconds')
    const detail = { error: EXCEEDED.error, response: { answer: 'Half.' } }
    expect(await settle(worker, { ...held, outcome: 'failed', detail })).toEqual(['failed'])
    expect(await request(sql, held.task)).toMatchObject({ ...EXCEEDED, response_payload: { answer: 'Half.' } })
  })

  test('that is over does not take the answer from a task that is done after all', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await later(worker, '61 seconds')
    expect(await settle(worker, { ...held, outcome: 'completed' })).toEqual(['completed'])
  })

  test('before the next try fails the task instead of a retry', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    expect(await settle(worker, { ...held, outcome: 'retry', detail: { after_seconds: 61 } })).toEqual(['failed'])
    expect(await request(sql, held.task)).toMatchObject(EXCEEDED)
  })

  test('that is over ends a task that is given back, at the next upkeep', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await later(worker, '61 seconds')
    expect(await settle(worker, { ...held, outcome: 'released' })).toEqual(['pending'])
    expect(await claim(worker)).toEqual([])
    await upkeep()
    expect(await request(sql, held.task)).toMatchObject(EXCEEDED)
  })

  test('that is over ends the task of a dead worker, at the next upkeep', async () => {
    const held = await submitAndClaim(scene, inAMinute())
    await later(worker, '2 minutes')
    await reap(worker)
    expect(await claim(worker)).toEqual([])
    await upkeep()
    expect(await request(sql, held.task)).toMatchObject(EXCEEDED)
  })

  test('that is moved by hand counts as moved, also for a running task', async () => {
    const [pending, held] = [
      await submit(sql, { ...inAMinute(), kind: 'course' }),
      await submitAndClaim(scene, inAMinute()),
    ]
    for (const task of [pending, held.task]) await edit(sql, task, { deadline_at: inMs(3_600_000) })
    await later(worker, '61 seconds')
    expect(await beat(worker, [held])).toEqual(['ok'])
    expect(await claim(worker)).toMatchObject([{ task_id: pending }])
  })

  test('that is over is dropped in a new life; one that is not stays', async () => {
    const [over, ahead] = [await submit(sql, inAMinute()), await submit(sql, { deadline_at: inMs(3_600_000) })]
    for (const task of [over, ahead]) await edit(sql, task, { status: 'failed' })
    await later(worker, '61 seconds')
    for (const task of [over, ahead]) await edit(worker, task, { status: 'pending' })
    expect(await request(sql, over)).toMatchObject({ deadline_at: null })
    expect(await request(sql, ahead)).toMatchObject({ deadline_at: expect.any(Date) })
    expect(await claim(worker, { slots: 5 })).toHaveLength(2)
  })

  test.each([
    ['is over', { deadline_at: inMs(-1000) }],
    ['comes before the hour of the task', { deadline_at: inMs(60_000), run_at: inMs(120_000) }],
  ])('that %s is refused when the task is submitted', async (_, values) => {
    await expect(submit(sql, values)).rejects.toMatchObject({
      code: '22023',
      message: expect.stringContaining('is over before the task may run'),
      hint: expect.stringContaining('later than'),
    })
  })

  test('holds no other task up', async () => {
    for (let n = 0; n < 30; n++) await submit(sql, inAMinute())
    const task = await submit(sql)
    await later(worker, '61 seconds')
    expect(await claimOne(worker)).toMatchObject({ task })
  })
})
