// A task that waits for a person: how it comes to wait, how it goes on, and what becomes of the question otherwise.

import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, inMs, later, request, setScene, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { ask, claim, claimOne, register, settle, spawn } from '../verbs.ts'
import { approvalsOf, asked, decide, park, parked, SERVER } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const [one, two] = [await connect(), await connect({ role: 'service_role' })]
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const owner = user(people.owner)

const resumed = async () => (await claim(worker, { slots: 5, kinds: ['assistant'] })).map(task => task.task_id)
const statusOf = async (task: string) => (await approvalsOf(sql, task)).map(each => each.status)

describe('a task with an open question', () => {
  test('waits without a lease, and its attempt is not spent', async () => {
    const { task } = await parked(scene)
    expect(await request(sql, task)).toMatchObject({ status: 'waiting', attempt: 0 })
    expect(await sql`select from worker.leases`).toHaveLength(0)
    expect(await resumed()).toEqual([])
  })

  test.each(['approve', 'reject'])('goes on in the same life once it is decided: %s', async decision => {
    const { task, id } = await parked(scene, {}, ofOwner)
    await decide(sql, owner, { id, decision })
    expect(await claim(worker)).toMatchObject([{ task_id: task, life: 1, attempt: 1 }])
  })

  test('goes on only when the last is decided', async () => {
    const { held, id, task } = await asked(scene)
    await ask(worker, held, { key: 'tool:/call_2' })
    expect(await park(worker, held)).toBe('waiting')
    await decide(sql, SERVER, { id })
    expect(await resumed()).toEqual([])
    const last = only((await approvalsOf(sql, task))[1])
    await decide(sql, SERVER, { id: last.id, decision: 'reject' })
    expect(await resumed()).toEqual([task])
  })

  test('goes on only when its children have ended, too', async () => {
    const { held, id, task } = await asked(scene)
    await spawn(worker, held, { key: 'a' })
    await park(worker, held)
    await decide(sql, SERVER, { id })
    expect(await resumed()).toEqual([])
    await settle(worker, { ...(await claimOne(worker)), outcome: 'completed' })
    expect(await resumed()).toEqual([task])
  })

  test('waits on when its children have ended first', async () => {
    const { held, id, task } = await asked(scene)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker)
    await park(worker, held)
    await settle(worker, { ...child, outcome: 'completed' })
    expect(await resumed()).toEqual([])
    await decide(sql, SERVER, { id })
    expect(await resumed()).toEqual([task])
  })

  test('wakes an idle worker when it may go on', async () => {
    await register(worker, 'realtime')
    const { id } = await parked(scene, {}, ofOwner)
    await claim(worker)
    await sql`delete from realtime.messages`
    await decide(sql, owner, { id })
    expect(await sql`select event from realtime.messages`).toEqual([{ event: 'wake' }])
  })

  test('says why it waits', async () => {
    const { task } = await parked(scene, {}, ofOwner)
    const [row] = await as(sql, owner, tx => tx`select public.explain_wait(${task}) as reason`)
    expect(row).toEqual({ reason: { reason: 'approval', open: 1 } })
  })

  test('goes back to the line by hand, finds it open and waits again', async () => {
    const { task, id } = await parked(scene)
    await edit(sql, task, { status: 'pending' })
    expect(await statusOf(task)).toEqual(['open'])
    const held = await claimOne(worker)
    expect(await ask(worker, held, {})).toBe('continue')
    expect(await park(worker, held)).toBe('waiting')
    await decide(sql, SERVER, { id })
    expect(await resumed()).toEqual([task])
  })
})

describe('a decision that comes early', () => {
  test('lets the task not wait at all', async () => {
    const { held, id } = await asked(scene)
    await decide(sql, SERVER, { id })
    expect(await park(worker, held)).toBe('pending')
  })

  test('while it comes to wait is not lost: the decision is first', async () => {
    const { held, id, task } = await asked(scene)
    await one`begin`
    await one`select public.decide_agent_approval(${id}, 'approve')`
    await whileWaiting(sql, park(two, held), () => one`commit`)
    expect(await resumed()).toEqual([task])
  })

  test('while it comes to wait is not lost: the waiting is first', async () => {
    const { held, id, task } = await asked(scene)
    await two`begin`
    expect(await park(two, held)).toBe('waiting')
    await whileWaiting(sql, decide(one, SERVER, { id }), () => two`commit`)
    expect(await resumed()).toEqual([task])
  })

  test('is there when the task is tried again', async () => {
    const { held, id, task } = await asked(scene)
    await decide(sql, SERVER, { id })
    await settle(worker, { ...held, outcome: 'released' })
    expect(await resumed()).toEqual([task])
    expect(await statusOf(task)).toEqual(['approved'])
  })
})

describe('what is not decided in time', () => {
  test('expires, and the task goes on', async () => {
    const { task } = await parked(scene, { expires_seconds: 60 })
    await worker`select worker.upkeep(10)`
    expect(await resumed()).toEqual([])
    await later(worker, '61 seconds')
    await worker`select worker.upkeep(10)`
    expect(await approvalsOf(sql, task)).toMatchObject([
      { status: 'expired', decided_by: null, decided_at: expect.any(Date) },
    ])
    expect(await resumed()).toEqual([task])
  })

  test('expires in sweeps of so many', async () => {
    for (let n = 0; n < 3; n++) await parked(scene, { expires_seconds: 60 })
    await later(worker, '61 seconds')
    await worker`select private.expire_approvals(2)`
    expect(await sql`select from public.agent_approvals where status = 'open'`).toHaveLength(1)
    await worker`select private.expire_approvals(2)`
    expect(await resumed()).toHaveLength(3)
  })

  test('is passed over while somebody decides on it just then', async () => {
    const { task, id } = await parked(scene, { expires_seconds: 60 })
    await one`begin`
    await one`select public.decide_agent_approval(${id}, 'approve')`
    await later(worker, '61 seconds')
    await worker`select private.expire_approvals(10)`
    await one`commit`
    await worker`select private.expire_approvals(10)`
    expect(await statusOf(task)).toEqual(['approved'])
  })

  test('does not touch what was decided in time', async () => {
    const { held, id, task } = await asked(scene, { expires_seconds: 60 })
    await ask(worker, held, { key: 'tool:/call_2', expires_seconds: 60 })
    await decide(sql, SERVER, { id })
    await later(worker, '61 seconds')
    await worker`select private.expire_approvals(10)`
    expect(await statusOf(task)).toEqual(['approved', 'expired'])
  })

  test('leaves a task that has others to wait for waiting', async () => {
    const { held, task } = await asked(scene, { expires_seconds: 60 })
    await ask(worker, held, { key: 'tool:/call_2' })
    await park(worker, held)
    await later(worker, '61 seconds')
    await worker`select worker.upkeep(10)`
    expect(await statusOf(task)).toEqual(['expired', 'open'])
    expect(await request(sql, task)).toMatchObject({ status: 'waiting' })
  })
})

describe('what is open becomes void', () => {
  const decideLate = (id: string) => decide(sql, SERVER, { id }).catch(error => error)

  test('when the task is cancelled while it waits', async () => {
    const { task, id } = await parked(scene, {}, ofOwner)
    await as(sql, owner, tx => tx`select public.cancel_agent_task(${task})`)
    expect(await approvalsOf(sql, task)).toMatchObject([
      { status: 'void', decided_by: null, decided_at: expect.any(Date) },
    ])
    expect(await decideLate(id)).toMatchObject({ code: 'PT409', message: 'The task is cancelled by now.' })
  })

  test('when the task is cancelled while it runs', async () => {
    const { held, task } = await asked(scene, {}, ofOwner)
    await as(sql, owner, tx => tx`select public.cancel_agent_task(${task})`)
    expect(await statusOf(task)).toEqual(['open'])
    expect(await park(worker, held)).toBe('cancelled')
    expect(await statusOf(task)).toEqual(['void'])
  })

  test.each(['completed', 'failed', 'cancelled'])('when its attempt has %s', async outcome => {
    const { held, task, id } = await asked(scene)
    await settle(worker, { ...held, outcome })
    expect(await statusOf(task)).toEqual(['void'])
    expect(await decideLate(id)).toMatchObject({ code: 'PT409', message: `The task is ${outcome} by now.` })
  })

  test('when the deadline passes', async () => {
    const { task } = await parked(scene, {}, { deadline_at: inMs(60_000) })
    await later(worker, '61 seconds')
    await worker`select worker.upkeep(10)`
    expect(await request(sql, task)).toMatchObject({ status: 'failed' })
    expect(await statusOf(task)).toEqual(['void'])
  })

  test('when the task is reset by hand while it runs', async () => {
    const { task, id } = await asked(scene)
    await edit(sql, task, { status: 'pending' })
    expect(await statusOf(task)).toEqual(['void'])
    expect(await decideLate(id)).toMatchObject({
      code: 'PT409',
      message: 'The task has begun anew since this was asked.',
    })
  })

  test('and is asked anew after a retry', async () => {
    const { task, id } = await parked(scene, {}, ofOwner)
    await as(sql, owner, tx => tx`select public.cancel_agent_task(${task})`)
    await as(sql, owner, tx => tx`select public.retry_agent_task(${task})`)
    const held = await claimOne(worker)
    await ask(worker, held, {})
    expect(await park(worker, held)).toBe('waiting')
    expect(await decideLate(id)).toMatchObject({ code: 'PT409' })
    expect(await statusOf(task)).toEqual(['void', 'open'])
  })

  test('but what was decided stays as it was', async () => {
    const { held, task, id } = await asked(scene)
    await decide(sql, SERVER, { id })
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await statusOf(task)).toEqual(['approved'])
  })

  test('when a cancel is first at the same moment, and the decision hears of it', async () => {
    const { task, id } = await parked(scene)
    await one`begin`
    await one`select public.cancel_agent_task(${task})`
    const [refused] = await whileWaiting(
      sql,
      decide(sql, SERVER, { id }).catch(error => error),
      () => one`commit`,
    )
    expect(refused).toMatchObject({ code: 'PT409', message: 'The task is cancelled by now.' })
  })

  test('not when the decision is first at the same moment, though the task is cancelled', async () => {
    const { task, id } = await parked(scene)
    await one`begin`
    await one`select public.decide_agent_approval(${id}, 'approve')`
    await whileWaiting(sql, sql`select public.cancel_agent_task(${task})`, () => one`commit`)
    expect(await statusOf(task)).toEqual(['approved'])
    expect(await request(sql, task)).toMatchObject({ status: 'cancelled' })
  })

  test('and goes with a task that is deleted', async () => {
    const { task, id } = await parked(scene)
    await decide(sql, SERVER, { id })
    await sql`delete from public.agent_task_requests where id = ${task}`
    expect(await sql`select from public.agent_approval_decisions`).toHaveLength(0)
    expect(await decideLate(id)).toMatchObject({ code: '42501' })
  })
})
