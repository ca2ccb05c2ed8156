import { describe, expect, test } from 'vitest'
import { edit, setScene, submitAndClaim, whileWaiting } from '../arrange.ts'
import { usage } from '../governance/arrange.ts'
import { only } from '../only.ts'
import { claimOne, recordSteps, settle, step } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const two = await connect({ role: 'service_role' })
/** By plain SQL: a worker gone astray, and whoever is at the dashboard. */
const SESSIONS = { service_role: worker, 'the superuser': sql }

const steps = () => sql`select * from public.agent_task_steps order by id`
const tokens = { usage: { requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 }, cost: 0.25 }

describe.each(Object.entries(SESSIONS))('the journal, to %s', (_who, session) => {
  test.each([
    ['output', { output: '"forged"' }],
    ['input', { input: '"forged"' }],
    ['cost', { cost: 0 }],
    ['status', { status: 'started', finished_at: null }],
    ['key', { key: 'model::7' }],
    ['life', { life: 7 }],
    ['attempt', { attempt: 0 }],
  ])('never changes the %s of a step that is done', async (_what, values) => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('model::1'))
    const before = await steps()
    await expect(session`update public.agent_task_steps set ${session(values)}`).rejects.toMatchObject({
      code: '42501',
      message: `The journal is append-only: step model::1 of task ${held.task} stays as it is.`,
    })
    expect(await steps()).toEqual(before)
  })

  test.each(['done', 'started'])('loses no step that is %s', async status => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('tool:/c1', { kind: 'tool', status }))
    await expect(session`delete from public.agent_task_steps`).rejects.toMatchObject({ code: '42501' })
    expect(await steps()).toHaveLength(1)
  })
})

describe('the journal', () => {
  test('cannot be emptied by service_role', async () => {
    await expect(worker`truncate public.agent_task_steps`).rejects.toMatchObject({ code: '42501' })
    await expect(worker`truncate public.agent_task_requests cascade`).rejects.toMatchObject({ code: '42501' })
  })

  test('goes with its task', async () => {
    const [gone, kept] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    for (const held of [gone, kept]) await recordSteps(worker, held, step('model::1'))
    await worker`delete from public.agent_task_requests where id = ${gone.task}`
    expect(await steps()).toMatchObject([{ task_id: kept.task }])
  })

  test('goes with the enterprise of its task', async () => {
    const [row] = await sql`insert into public.enterprises (name) values ('Brief') returning id`
    const held = await submitAndClaim(scene, { enterprise_id: only(row).id })
    await recordSteps(worker, held, step('model::1'))
    await sql`delete from public.enterprises where id = ${only(row).id}`
    expect(await steps()).toEqual([])
  })

  test('lets a step that began be ended, once', async () => {
    const held = await submitAndClaim(scene)
    const tool = { kind: 'tool', name: 'clock' }
    await recordSteps(worker, held, step('tool:/c1', { ...tool, status: 'started', output: null }))
    await recordSteps(worker, held, step('tool:/c1', { ...tool, output: '12:00' }))
    await recordSteps(worker, held, step('tool:/c1', { ...tool, output: '13:00' }))
    expect(await steps()).toMatchObject([{ status: 'done', output: '12:00' }])
  })
})

describe('a model call', () => {
  test('is paid when it is done', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('model::1', { status: 'started', output: null }))
    expect(await usage(sql)).toEqual([])
    await recordSteps(worker, held, step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ requests: 1, input_tokens: 10, output_tokens: 5, cost: 0.25 }])
  })

  test('is paid once, though it is said again after a lost answer', async () => {
    const held = await submitAndClaim(scene)
    for (let n = 0; n < 3; n++) await recordSteps(worker, held, step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ requests: 1, input_tokens: 10 }])
  })

  test('is paid once, though a later attempt says it again', async () => {
    const first = await submitAndClaim(scene)
    await recordSteps(worker, first, step('model::1', tokens))
    await settle(worker, { ...first, outcome: 'released' })
    await recordSteps(worker, await claimOne(worker), step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ requests: 1 }])
  })

  test('is paid in each life that makes it', async () => {
    const old = await submitAndClaim(scene)
    await recordSteps(worker, old, step('model::1', tokens))
    await edit(sql, old.task, { status: 'pending' })
    await recordSteps(worker, await claimOne(worker), step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ requests: 2, cost: 0.5 }])
  })

  test('is not paid without the lease', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, { ...held, lease: crypto.randomUUID() }, step('model::1', tokens))
    expect(await usage(sql)).toEqual([])
  })

  test('that is made anew is paid for the answer alone', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('retry:model::1:1:1', { kind: 'retry', ...tokens }), step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ requests: 1 }])
  })

  test('and others of one batch are paid in the order of their models, so that no two batches come to a deadlock', async () => {
    const [one, other] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const [a, b] = [step('model::1', { ...tokens, name: 'a' }), step('model::2', { ...tokens, name: 'b' })]
    await worker`begin`
    await recordSteps(worker, one, a)
    await whileWaiting(sql, recordSteps(two, other, b, a), async () => {
      await recordSteps(worker, one, b)
      await worker`commit`
    })
    expect(await usage(sql)).toMatchObject([{ requests: 2 }, { requests: 2 }])
    expect((await steps()).filter(each => each.task_id === other.task).map(each => each.name)).toEqual(['b', 'a'])
  })

  test('is paid, and a tool call beside it is not', async () => {
    const held = await submitAndClaim(scene)
    await recordSteps(worker, held, step('tool:/c1', { kind: 'tool', ...tokens }), step('model::1', tokens))
    expect(await usage(sql)).toMatchObject([{ model: 'gpt-5', requests: 1 }])
  })
})
