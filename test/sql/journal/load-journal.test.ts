import { describe, expect, test } from 'vitest'
import { edit, later, setScene, submitAndClaim } from '../arrange.ts'
import { appendDeltas, claimOne, type Held, recordSteps, settle, step, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

async function load({ task, lease }: Held) {
  const [row] = await worker`select worker.load_journal(${task}, ${lease}) as journal`
  return row?.journal
}

async function hold({ task, lease }: Held) {
  const [row] = await worker`select private.hold(${task}, ${lease}) as verdict`
  return row?.verdict
}

const NOTHING = {
  verdict: 'continue',
  watched: false,
  session_id: null,
  last_seq: 0,
  steps: [],
  streamed: [],
  approvals: [],
}

describe('worker.load_journal', () => {
  test('is empty at the first attempt', async () => {
    expect(await load(await submitAndClaim(scene))).toEqual(NOTHING)
  })

  test('gives a later attempt what the earlier ones have left', async () => {
    const first = await submitAndClaim(scene)
    const offered = { tools: ['clock'] }
    await recordSteps(worker, first, step('model::1', { input: offered, output: { text: 'Let me see.' } }))
    await recordSteps(worker, first, step('tool:/c1', { kind: 'tool', name: 'clock', status: 'started', output: null }))
    await appendDeltas(worker, first, textDelta(1), textDelta(2), {
      seq: 3,
      kind: 'agent',
      step_key: 'model::9',
      data: { name: 'a' },
    })
    await settle(worker, { ...first, outcome: 'released' })
    const model = { key: 'model::1', kind: 'model', agent: 'assistant', name: 'gpt-5', status: 'done' }
    const tool = { key: 'tool:/c1', kind: 'tool', agent: 'assistant', name: 'clock', status: 'started' }
    expect(await load(await claimOne(worker))).toEqual({
      ...NOTHING,
      last_seq: 3,
      steps: [
        { ...model, input: offered, output: { text: 'Let me see.' } },
        { ...tool, input: null, output: null },
      ],
      streamed: ['model::1'],
    })
  })

  test('gives a new life nothing of the old', async () => {
    const old = await submitAndClaim(scene)
    await recordSteps(worker, old, step('model::1'))
    await appendDeltas(worker, old, textDelta(1))
    await edit(sql, old.task, { status: 'pending' })
    expect(await load(await claimOne(worker))).toEqual(NOTHING)
  })

  test('gives nothing of other tasks', async () => {
    const other = await submitAndClaim(scene)
    await recordSteps(worker, other, step('model::1'))
    await appendDeltas(worker, other, textDelta(1))
    expect(await load(await submitAndClaim(scene))).toMatchObject({ last_seq: 0, steps: [], streamed: [] })
  })

  test('tells a dead attempt that it has lost', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { status: 'pending' })
    expect(await load(held)).toMatchObject({ verdict: 'lost' })
  })

  test('tells an attempt at a deleted task that it has lost', async () => {
    const held = await submitAndClaim(scene)
    await sql`delete from public.agent_task_requests`
    expect(await load(held)).toMatchObject({ verdict: 'lost' })
  })
})

describe('private.hold', () => {
  test('says continue to the holder of the lease', async () => {
    expect(await hold(await submitAndClaim(scene))).toBe('continue')
  })

  test('says cancel when that was requested', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await hold(held)).toBe('cancel')
  })

  test('says lost to any other lease', async () => {
    const held = await submitAndClaim(scene)
    expect(await hold({ ...held, lease: crypto.randomUUID() })).toBe('lost')
  })

  test('says lost after the end', async () => {
    const held = await submitAndClaim(scene)
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await hold(held)).toBe('lost')
  })

  test('says continue past the end of a lease that nobody has reaped', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '1 hour')
    expect(await hold(held)).toBe('continue')
  })
})
