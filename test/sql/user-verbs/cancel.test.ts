import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import {
  addMember,
  addPeople,
  edit,
  removeMember,
  request,
  requestIn,
  setScene,
  submitAndClaim,
  user,
  whileWaiting,
} from '../arrange.ts'
import { beat, claim, claimOne, settle, spawn } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

function cancelAs(caller: Caller, id: string) {
  return as(sql, caller, async tx => {
    const [row] = await tx`select * from public.cancel_agent_task(${id})`
    return row
  })
}

const ALLOWED = ['owner', 'admin', 'platformAdmin'] as const

describe('cancel_agent_task', () => {
  test.each(
    ALLOWED.flatMap(
      actor =>
        [
          [actor, 'pending'],
          [actor, 'scheduled'],
          [actor, 'waiting'],
        ] as const,
    ),
  )('by %s ends a %s task at once', async (actor, status) => {
    const id = await requestIn(status, scene, ofOwner)
    const row = await cancelAs(user(people[actor]), id)
    expect(row).toMatchObject({
      id,
      status: 'cancelled',
      finished_at: expect.any(Date),
      cancel_requested_at: expect.any(Date),
    })
    expect(await request(sql, id)).toEqual(row)
    expect(await claim(worker)).toEqual([])
  })

  test.each(ALLOWED)('by %s tells a running task to stop, and leaves the rest to it', async actor => {
    const held = await submitAndClaim(scene, ofOwner)
    const row = await cancelAs(user(people[actor]), held.task)
    expect(row).toMatchObject({ status: 'processing', cancel_requested_at: expect.any(Date), finished_at: null })
    expect(await beat(worker, [held])).toEqual(['cancel'])
    expect(await settle(worker, { ...held, outcome: 'cancelled', detail: { response: { answer: 'It sc' } } })).toEqual([
      'cancelled',
    ])
  })

  test.each(ALLOWED.flatMap(actor => ['completed', 'failed', 'cancelled'].map(status => [actor, status] as const)))(
    'by %s leaves a %s task as it is',
    async (actor, status) => {
      const id = await requestIn(status, scene, ofOwner)
      const before = await request(sql, id)
      expect(await cancelAs(user(people[actor]), id)).toEqual(before)
      expect(await request(sql, id)).toEqual(before)
    },
  )

  test('asked for twice changes nothing more', async () => {
    const id = await requestIn('processing', scene, ofOwner)
    const first = await cancelAs(user(people.owner), id)
    expect(await cancelAs(user(people.owner), id)).toEqual(first)
  })

  test('takes the error of a task away that waits for its retry', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await settle(worker, { ...held, outcome: 'retry', detail: { error: { code: 'x', message: 'y', retryable: true } } })
    expect(await cancelAs(user(people.owner), held.task)).toMatchObject({ status: 'cancelled', error: null })
  })

  test('lets a task that settles at the same moment keep its answer', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const settling = await scene.connect({ role: 'service_role' })
    await settling`begin`
    await settle(settling, { ...held, outcome: 'completed', detail: { response: { answer: '42' } } })
    const [row] = await whileWaiting(sql, cancelAs(user(people.owner), held.task), () => settling`commit`)
    expect(row).toMatchObject({ status: 'completed', response_payload: { answer: '42' } })
  })

  test('reaches a task that is starting at the same moment', async () => {
    const task = await requestIn('pending', scene, ofOwner)
    const claiming = await scene.connect({ role: 'service_role' })
    await claiming`begin`
    const held = await claimOne(claiming)
    const [row] = await whileWaiting(sql, cancelAs(user(people.owner), task), () => claiming`commit`)
    expect(row).toMatchObject({ status: 'processing', cancel_requested_at: expect.any(Date) })
    expect(await beat(worker, [held])).toEqual(['cancel'])
  })

  test('reaches grandchildren, and passes by what has ended in between', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker)
    const { children } = await spawn(worker, child, { key: 'b' })
    await settle(worker, { ...child, outcome: 'completed' })
    await cancelAs(user(people.owner), held.task)
    expect(await request(sql, child.task)).toMatchObject({ status: 'completed', cancel_requested_at: null })
    expect(await request(sql, children[0]?.task_id ?? '')).toMatchObject({ status: 'cancelled' })
  })

  test('of a child is its user’s right, and leaves the parent to go on', async () => {
    const parent = await requestIn('waiting', scene, ofOwner)
    const [child] = await sql`select id from public.agent_task_requests where parent_id = ${parent}`
    expect(await cancelAs(user(people.owner), child?.id)).toMatchObject({ status: 'cancelled' })
    expect((await claim(worker)).map(task => task.task_id)).toEqual([parent])
  })

  test('of a family of two users is the right of who may act on the parent', async () => {
    const parent = await requestIn('waiting', scene, ofOwner)
    await sql`update public.agent_task_requests set user_id = ${people.colleague} where parent_id = ${parent}`
    const [child] = await sql`select id from public.agent_task_requests where parent_id = ${parent}`
    await expect(cancelAs(user(people.colleague), parent)).rejects.toMatchObject({ code: '42501' })
    await expect(cancelAs(user(people.owner), child?.id)).rejects.toMatchObject({ code: '42501' })
    await cancelAs(user(people.owner), parent)
    expect(await request(sql, child?.id)).toMatchObject({ status: 'cancelled' })
  })

  test('lets two families that are cancelled at once both end', async () => {
    const parents = [await requestIn('waiting', scene, ofOwner), await requestIn('waiting', scene, ofOwner)]
    await Promise.all([...parents, ...parents].map(id => cancelAs(user(people.owner), id)))
    expect(await sql`select distinct status from public.agent_task_requests`).toEqual([{ status: 'cancelled' }])
  })

  test('works for the owner of a private task, and of one for an enterprise since left', async () => {
    const left = await addMember(sql, people.acme, 'left@acme.test')
    const own = await requestIn('pending', scene, { user_id: people.owner })
    const old = await requestIn('pending', scene, { user_id: left, enterprise_id: people.acme })
    await removeMember(sql, left)
    expect(await cancelAs(user(people.owner), own)).toMatchObject({ status: 'cancelled' })
    expect(await cancelAs(user(left), old)).toMatchObject({ status: 'cancelled' })
  })

  test('lets a platform admin cancel a task of nobody', async () => {
    const id = await requestIn('pending', scene)
    expect(await cancelAs(user(people.platformAdmin), id)).toMatchObject({ status: 'cancelled' })
  })
})

describe.each(['cancel_agent_task', 'retry_agent_task'])('%s is refused', verb => {
  const call = (caller: Caller, id: string) => as(sql, caller, tx => tx`select ${tx(`public.${verb}`)}(${id}::uuid)`)

  async function refusal(caller: Caller, id: string) {
    const error = await call(caller, id).then(
      () => undefined,
      (error: { code: string; message: string; hint?: string }) => error,
    )
    return { code: error?.code, message: error?.message.replace(id, '<id>'), hint: error?.hint }
  }

  test.each(['stranger', 'colleague'] as const)(
    'to the %s as if the task were not there, whatever its state',
    async actor => {
      const missing = await refusal(user(people[actor]), crypto.randomUUID())
      expect(missing).toMatchObject({ code: '42501', message: 'There is no task <id> that you may act on.' })
      for (const status of ['pending', 'processing', 'failed', 'completed']) {
        const id = await requestIn(status, scene, ofOwner)
        const before = await request(sql, id)
        expect(await refusal(user(people[actor]), id)).toEqual(missing)
        expect(await request(sql, id)).toEqual(before)
        await sql`delete from public.agent_task_requests`
      }
    },
  )

  test.each(['owner', 'platformAdmin'] as const)('to the %s for a task that is not there', async actor => {
    expect(await refusal(user(people[actor]), crypto.randomUUID())).toMatchObject({ code: '42501' })
  })

  test('to an admin of the enterprise for a task outside of it', async () => {
    const id = await requestIn('failed', scene, { user_id: people.owner })
    expect(await refusal(user(people.admin), id)).toMatchObject({ code: '42501' })
  })

  test('to an admin who has left, in the same token', async () => {
    const admin = await addMember(sql, people.acme, `leaving-${verb}@acme.test`, 'admin')
    const id = await requestIn('failed', scene, ofOwner)
    await call(user(admin), id)
    await edit(sql, id, { status: 'failed' })
    await removeMember(sql, admin)
    expect(await refusal(user(admin), id)).toMatchObject({ code: '42501' })
  })

  test('to the anonymous', async () => {
    const id = await requestIn('failed', scene, ofOwner)
    expect(await refusal({ role: 'anon' }, id)).toMatchObject({ code: '42501' })
  })

  test('to a token without a user, for a task without one', async () => {
    const id = await requestIn('failed', scene)
    expect(await refusal({ role: 'authenticated' }, id)).toMatchObject({ code: '42501' })
  })

  test('to a role made from authenticated, for a foreign task', async () => {
    const id = await requestIn('failed', scene, ofOwner)
    const attempt = sql.begin(async tx => {
      await tx`create role own_role in role authenticated`
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: people.stranger })}, true)`
      await tx`set local role own_role`
      await tx`select ${tx(`public.${verb}`)}(${id}::uuid)`
      // Roles belong to the whole cluster, so this one must not stay.
      throw new Error('not refused')
    })
    await expect(attempt).rejects.toMatchObject({ code: '42501' })
  })
})

describe.each(['cancel_agent_task', 'retry_agent_task'])('%s acts on any task', verb => {
  test.each(['own', 'nobody’s'])('for service_role: %s', async whose => {
    const id = await requestIn('failed', scene, whose === 'own' ? ofOwner : {})
    const [row] = await worker`select id from ${worker(`public.${verb}`)}(${id}::uuid)`
    expect(row).toEqual({ id })
  })

  test('for the dashboard', async () => {
    const id = await requestIn('failed', scene, ofOwner)
    const [row] = await sql`select id from ${sql(`public.${verb}`)}(${id}::uuid)`
    expect(row).toEqual({ id })
  })
})
