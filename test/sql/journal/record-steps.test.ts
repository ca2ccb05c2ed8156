import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import { claimOne, recordSteps, settle, step } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

const started = (key: string, more = {}) =>
  step(key, { kind: 'tool', name: 'clock', status: 'started', output: null, ...more })
const done = (key: string, more = {}) => step(key, { kind: 'tool', name: 'clock', output: { time: '12:00' }, ...more })
const steps = () => sql`select * from public.agent_task_steps order by id`

describe('worker.record_steps', () => {
  test('writes down a model call', async () => {
    const held = await submitAndClaim(scene)
    const usage = { requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 }
    expect(await recordSteps(worker, held, step('model::1', { usage, seconds: 2.5 }))).toBe('continue')
    expect(await steps()).toMatchObject([
      {
        task_id: held.task,
        life: 1,
        attempt: 1,
        key: 'model::1',
        kind: 'model',
        agent: 'assistant',
        name: 'gpt-5',
        status: 'done',
        input: null,
        output: { text: 'Hi.' },
        usage,
      },
    ])
  })

  test('dates the start back by the seconds that the step took', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '30 seconds')
    await recordSteps(worker, held, step('model::1', { seconds: 2.5 }))
    const [row] = await worker`
      select finished_at = worker.now() as now, finished_at - started_at = interval '2.5 seconds' as took from public.agent_task_steps`
    expect(row).toEqual({ now: true, took: true })
  })

  test('writes down that a tool call began, with its input', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, started('tool:/c1', { input: { zone: 'UTC' } }))
    expect(await steps()).toMatchObject([{ status: 'started', input: { zone: 'UTC' }, finished_at: null }])
  })

  test('ends a step that began, and keeps when and with what', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, started('tool:/c1', { input: { zone: 'UTC' }, seconds: 3 }))
    const [before] = await steps()
    await recordSteps(worker, held, done('tool:/c1', { usage: { requests: 1 } }))
    expect(await steps()).toMatchObject([
      {
        status: 'done',
        input: { zone: 'UTC' },
        output: { time: '12:00' },
        usage: { requests: 1 },
        started_at: before?.started_at,
        finished_at: expect.any(Date),
      },
    ])
  })

  test('ends a step that begins in the same batch', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(
      worker,
      held,
      started('tool:/c1', { input: { zone: 'UTC' } }),
      done('tool:/c1', { input: { zone: 'UTC' } }),
    )
    expect(await steps()).toMatchObject([{ status: 'done', input: { zone: 'UTC' }, output: { time: '12:00' } }])
  })

  test('keeps a step that is done as it is', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, done('tool:/c1'))
    const before = await steps()
    await recordSteps(worker, held, done('tool:/c1', { output: { time: '13:00' } }))
    await recordSteps(worker, held, started('tool:/c1'))
    expect(await steps()).toEqual(before)
  })

  test('keeps a step that is done from another attempt of the same life', async () => {
    const first = await submitAndClaim(scene)
    await recordSteps(worker, first, done('tool:/c1'))
    await settle(worker, { ...first, outcome: 'retry' })
    await later(worker, '1 minute')
    const second = await claimOne(worker)
    await recordSteps(worker, second, done('tool:/c1', { output: { time: '13:00' } }))
    expect(await steps()).toMatchObject([{ attempt: 1, output: { time: '12:00' } }])
  })

  test('lets a later attempt end what an earlier one began', async () => {
    const first = await submitAndClaim(scene)
    await recordSteps(worker, first, started('tool:/c1'))
    await settle(worker, { ...first, outcome: 'retry' })
    await later(worker, '1 minute')
    const second = await claimOne(worker)
    await recordSteps(worker, second, done('tool:/c1'))
    expect(await steps()).toMatchObject([{ attempt: 2, status: 'done' }])
  })

  test('writes the same key anew in a new life', async () => {
    const old = await submitAndClaim(scene)
    await recordSteps(worker, old, step('model::1'))
    await edit(sql, old.task, { status: 'pending' })
    const young = await claimOne(worker)
    await recordSteps(worker, young, step('model::1', { output: { text: 'Hello.' } }))
    expect(await steps()).toMatchObject([
      { life: 1, output: { text: 'Hi.' } },
      { life: 2, output: { text: 'Hello.' } },
    ])
  })

  test('writes nothing of a batch of which one step is malformed', async () => {
    const held = await submitAndClaim(scene)
    const batch = recordSteps(worker, held, step('model::1'), step('x', { kind: 'dream' }))
    await expect(batch).rejects.toMatchObject({ constraint_name: 'kind_is_known' })
    expect(await steps()).toHaveLength(0)
  })

  test('writes though a cancel was requested, and says so', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await recordSteps(worker, held, step('model::1'))).toBe('cancel')
    expect(await steps()).toHaveLength(1)
  })

  test('answers an empty batch with the verdict alone', async () => {
    const held = await submitAndClaim(scene)
    expect(await recordSteps(worker, held)).toBe('continue')
  })

  test('writes nothing without the lease', async () => {
    const id = await requestIn('processing', scene)
    expect(await recordSteps(worker, { task: id, lease: crypto.randomUUID() }, step('model::1'))).toBe('lost')
    expect(await steps()).toHaveLength(0)
  })
})
