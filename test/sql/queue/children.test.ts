// A task may have others do a part of its work, and wait for them.

import { describe, expect, test } from 'vitest'
import { addPeople, edit, later, request, setScene, submitAndClaim, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { claim, claimOne, type Held, reap, settle, spawn } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)
const [one, two] = [await connect({ role: 'service_role' }), await connect({ role: 'service_role' })]

/** A parent that waits, and its children, claimed. */
async function family(...keys: string[]): Promise<{ parent: string; children: Held[] }> {
  const held = await submitAndClaim(scene)
  await spawn(worker, held, ...keys.map(key => ({ key })))
  expect(await settle(worker, { ...held, outcome: 'waiting' })).toEqual(['waiting'])
  const claimed = await claim(worker, { slots: keys.length, kinds: ['child'] })
  return { parent: held.task, children: claimed.map(task => ({ task: task.task_id, lease: task.lease_id })) }
}

const resumed = async () => (await claim(worker, { slots: 5, kinds: ['assistant'] })).map(task => task.task_id)

describe('spawn_children', () => {
  test('makes pending tasks in the name of the parent, its user and its enterprise', async () => {
    const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
    const held = await submitAndClaim(scene, ofOwner)
    const { verdict, children } = await spawn(
      worker,
      held,
      { key: 'a', kind: 'research', request_payload: { topic: 'Tides' } },
      { key: 'b', priority: 2 },
    )
    expect(verdict).toBe('continue')
    expect(children).toMatchObject([
      { key: 'a', status: 'pending', response_payload: null, error: null },
      { key: 'b', status: 'pending' },
    ])
    const [a, b] = children
    expect(await request(sql, only(a).task_id)).toMatchObject({
      ...ofOwner,
      parent_id: held.task,
      kind: 'research',
      request_payload: { topic: 'Tides' },
      priority: 9,
      status: 'pending',
    })
    expect(await request(sql, only(b).task_id)).toMatchObject({ priority: 2, request_payload: {} })
  })

  test('makes none twice, and tells how they are', async () => {
    const held = await submitAndClaim(scene)
    const first = await spawn(worker, held, { key: 'a' }, { key: 'b' })
    const child = only((await claim(worker, { kinds: ['child'] }))[0])
    const response = { answer: '42' }
    await settle(worker, { task: child.task_id, lease: child.lease_id, outcome: 'completed', detail: { response } })
    const second = await spawn(worker, held, { key: 'a' }, { key: 'b' }, { key: 'c' })
    expect(second.children.map(child => child.key).sort()).toEqual(['a', 'b', 'c'])
    const known = second.children.filter(child => child.key !== 'c')
    expect(known.map(child => child.task_id).sort()).toEqual(first.children.map(child => child.task_id).sort())
    expect(second.children).toContainEqual(
      expect.objectContaining({ task_id: child.task_id, status: 'completed', response_payload: response }),
    )
  })

  test('makes none twice in a later attempt, and tells of failures', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    await settle(worker, { ...held, outcome: 'waiting' })
    const child = await claimOne(worker)
    const error = { code: 'internal', message: 'It broke.', retryable: false }
    await settle(worker, { ...child, outcome: 'failed', detail: { error } })
    const again = await claimOne(worker)
    expect(await spawn(worker, again, { key: 'a' })).toEqual({
      verdict: 'continue',
      children: [{ key: 'a', task_id: child.task, status: 'failed', response_payload: null, error }],
    })
  })

  test('makes new ones in a new life', async () => {
    const held = await submitAndClaim(scene)
    const first = await spawn(worker, held, { key: 'a' })
    await edit(sql, held.task, { status: 'pending' })
    const again = await claimOne(worker, { kinds: ['assistant'] })
    const second = await spawn(worker, again, { key: 'a' })
    expect(second.children[0]?.task_id).not.toBe(first.children[0]?.task_id)
  })

  test('tells apart the same keys of two parents', async () => {
    const [a, b] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    await spawn(worker, a, { key: 'x' })
    await spawn(worker, b, { key: 'x' })
    expect(await sql`select from public.agent_task_requests where parent_id is not null`).toHaveLength(2)
  })

  test('makes one of two with the same key', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'x' }, { key: 'x' })
    expect(await sql`select from public.agent_task_requests where parent_id is not null`).toHaveLength(1)
  })

  test('refuses a child without a key, which each attempt would make anew', async () => {
    const held = await submitAndClaim(scene)
    await expect(spawn(worker, held, { key: null as unknown as string })).rejects.toMatchObject({ code: '22023' })
  })

  test.each([
    [{ key: 'a', kind: 'NO GOOD' }, '23514'],
    [{ key: 'a', request_payload: [] }, '22023'],
    [{ key: 'a', priority: 10 }, '23514'],
    [{ key: 'x'.repeat(200) }, '22023'],
  ])('refuses what no request may say: %j', async (child, code) => {
    const held = await submitAndClaim(scene)
    await expect(spawn(worker, held, child)).rejects.toMatchObject({ code })
    expect(await sql`select from public.agent_task_requests`).toHaveLength(1)
  })

  test('makes nothing when a cancel was requested', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await spawn(worker, held, { key: 'a' })).toEqual({ verdict: 'cancel', children: [] })
    expect(await sql`select from public.agent_task_requests`).toHaveLength(1)
  })

  test('makes up to 1,000 children', async () => {
    const held = await submitAndClaim(scene)
    const keys = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ key: String(from + n) }))
    await spawn(worker, held, ...keys(1000))
    await expect(spawn(worker, held, ...keys(1, 1000))).rejects.toMatchObject({
      code: '22023',
      message: 'A task may have 1000 children.',
    })
    expect(await sql`select from public.agent_task_requests where parent_id is not null`).toHaveLength(1000)
  })

  test('makes families of eight generations', async () => {
    let held = await submitAndClaim(scene)
    for (let generation = 2; generation <= 8; generation++) {
      await spawn(worker, held, { key: 'a' })
      held = await claimOne(worker)
    }
    await expect(spawn(worker, held, { key: 'a' })).rejects.toMatchObject({
      code: '22023',
      message: 'Tasks may have children down to the eighth generation.',
    })
    expect(await sql`select from public.agent_task_requests`).toHaveLength(8)
  })

  test('goes beyond the limit of a user’s unfinished tasks, and then there is no room for other tasks', async () => {
    const held = await submitAndClaim(scene, { user_id: people.owner })
    await spawn(worker, held, ...Array.from({ length: 120 }, (_, n) => ({ key: String(n) })))
    await expect(sql`insert into public.agent_task_requests (user_id) values (${people.owner})`).rejects.toMatchObject({
      code: 'PT429',
    })
  })

  test('is done by one attempt at a time: a fenced one makes nothing', async () => {
    const old = await submitAndClaim(scene)
    await later(worker, '2 minutes')
    await reap(worker)
    const young = await claimOne(worker)
    await spawn(worker, young, { key: 'a' })
    expect(await spawn(worker, old, { key: 'b' })).toEqual({ verdict: 'lost', children: [] })
    expect(await sql`select from public.agent_task_requests where parent_id is not null`).toHaveLength(1)
  })
})

describe('a parent that waits', () => {
  test('holds no lease and no slot, and its attempt is not spent', async () => {
    const { parent } = await family('a')
    expect(await request(sql, parent)).toMatchObject({
      status: 'waiting',
      attempt: 0,
      snooze_count: 0,
      finished_at: null,
    })
    expect(await sql`select from worker.leases where task_id = ${parent}`).toHaveLength(0)
    await later(worker, '10 minutes')
    expect((await reap(worker)).map(task => task.task_id)).not.toContain(parent)
  })

  test('goes on when the last of its children has ended', async () => {
    const { parent, children } = await family('a', 'b')
    await settle(worker, { ...only(children[0]), outcome: 'completed' })
    expect(await resumed()).toEqual([])
    await settle(worker, { ...only(children[1]), outcome: 'completed' })
    expect(await resumed()).toEqual([parent])
    expect(await request(sql, parent)).toMatchObject({ attempt: 1, life: 1 })
    expect(await sql`select from worker.parents_to_check`).toHaveLength(0)
  })

  const ENDS: [string, (child: Held) => Promise<unknown>][] = [
    ['failed', child => settle(worker, { ...child, outcome: 'failed' })],
    ['stopped', child => settle(worker, { ...child, outcome: 'cancelled' })],
    ['been cancelled by its user', ({ task }) => sql`select public.cancel_agent_task(${task})`.then(() => stop(task))],
    ['been ended by hand', ({ task }) => edit(sql, task, { status: 'completed' })],
    ['crashed for the last time', ({ task }) => crash(task)],
    ['been deleted', ({ task }) => sql`delete from public.agent_task_requests where id = ${task}`],
  ]
  async function stop(task: string) {
    const [lease] = await sql`select id from worker.leases where task_id = ${task}`
    await settle(worker, { task, lease: lease?.id, outcome: 'released' })
  }
  async function crash(task: string) {
    await edit(sql, task, { crash_count: 2 })
    await later(worker, '2 minutes')
    await reap(worker)
  }
  test.each(ENDS)('goes on when its child has %s', async (_, end) => {
    const { parent, children } = await family('a')
    await end(only(children[0]))
    expect(await resumed()).toEqual([parent])
  })

  test('goes on at once when its children had ended before it would wait', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker)
    await settle(worker, { ...child, outcome: 'completed' })
    expect(await settle(worker, { ...held, outcome: 'waiting' })).toEqual(['pending'])
    expect(await resumed()).toEqual([held.task])
  })

  test('goes on at once when it has no children', async () => {
    const held = await submitAndClaim(scene)
    expect(await settle(worker, { ...held, outcome: 'waiting' })).toEqual(['pending'])
  })

  test('goes on when its child ends while it is being put to wait', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker)
    await one`begin`
    await settle(one, { ...held, outcome: 'waiting' })
    await settle(two, { ...child, outcome: 'completed' })
    // The note comes while nobody else can see that it waits.
    expect(await resumed()).toEqual([])
    await one`commit`
    expect(await resumed()).toEqual([held.task])
  })

  test('goes on when its child has ended in a session that commits only after it was put to wait', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker)
    await one`begin`
    await settle(one, { ...child, outcome: 'completed' })
    expect(await settle(two, { ...held, outcome: 'waiting' })).toEqual(['waiting'])
    expect(await resumed()).toEqual([])
    await one`commit`
    expect(await resumed()).toEqual([held.task])
  })

  test.each(['the first', 'the second'])(
    'goes on when its last two end in two sessions at once: %s commits first',
    async which => {
      const { parent, children } = await family('a', 'b')
      await one`begin`
      await two`begin`
      await settle(one, { ...only(children[0]), outcome: 'completed' })
      await settle(two, { ...only(children[1]), outcome: 'completed' })
      const [first, second] = which === 'the first' ? [one, two] : [two, one]
      expect(await resumed()).toEqual([])
      await first`commit`
      expect(await resumed()).toEqual([])
      await second`commit`
      expect(await resumed()).toEqual([parent])
    },
  )

  test('goes on though its row was held when its last child ended', async () => {
    const { parent, children } = await family('a')
    await one`begin`
    await one`select from public.agent_task_requests where id = ${parent} for no key update`
    await settle(worker, { ...only(children[0]), outcome: 'completed' })
    expect(await resumed()).toEqual([])
    await one`rollback`
    expect(await resumed()).toEqual([parent])
  })

  test('goes on though its child was ended by many hands', async () => {
    const { parent, children } = await family('a', 'b', 'c', 'd')
    const sessions = await Promise.all(children.map(() => connect({ role: 'service_role' })))
    await Promise.all(
      children.map((child, n) => settle(only(sessions[n]), { ...child, outcome: n % 2 ? 'completed' : 'failed' })),
    )
    expect(await resumed()).toEqual([parent])
  })

  test('waits again when it has made more', async () => {
    const { parent, children } = await family('a')
    await settle(worker, { ...only(children[0]), outcome: 'completed' })
    const held = await claimOne(worker)
    await spawn(worker, held, { key: 'b' })
    expect(await settle(worker, { ...held, outcome: 'waiting' })).toEqual(['waiting'])
    const child = await claimOne(worker)
    await settle(worker, { ...child, outcome: 'completed' })
    expect(await resumed()).toEqual([parent])
  })

  test('goes ahead of new tasks', async () => {
    const { parent, children } = await family('a')
    await sql`insert into public.agent_task_requests (priority) values (9)`
    await settle(worker, { ...only(children[0]), outcome: 'completed' })
    expect((await claim(worker)).map(task => task.task_id)).toEqual([parent])
  })

  test('is cancelled with its children: those that wait end, those that run are told', async () => {
    const { parent, children } = await family('a')
    const [running] = children
    const grown = await spawn(worker, only(running), { key: 'x' })
    await sql`select public.cancel_agent_task(${parent})`
    expect(await request(sql, parent)).toMatchObject({ status: 'cancelled' })
    expect(await request(sql, only(running).task)).toMatchObject({
      status: 'processing',
      cancel_requested_at: expect.any(Date),
    })
    expect(await request(sql, only(grown.children[0]).task_id)).toMatchObject({ status: 'cancelled' })
  })

  test('leaves its siblings alone when one child is cancelled', async () => {
    const { parent, children } = await family('a', 'b')
    await sql`select public.cancel_agent_task(${only(children[0]).task})`
    expect(await request(sql, only(children[1]).task)).toMatchObject({ cancel_requested_at: null })
    expect(await request(sql, parent)).toMatchObject({ status: 'waiting' })
  })

  test('takes its children along when it is deleted', async () => {
    const { parent } = await family('a', 'b')
    await sql`delete from public.agent_task_requests where id = ${parent}`
    expect(await sql`select from public.agent_task_requests`).toHaveLength(0)
    expect(await sql`select from worker.queue`).toHaveLength(0)
  })

  test('is woken for idle workers', async () => {
    await worker`select worker.beat('00000000-0000-4000-8000-00000000000a', 'h', '1', 'realtime', '{}', '{}', 60)`
    const { children } = await family('a')
    await claim(worker)
    await sql`delete from realtime.messages`
    await settle(worker, { ...only(children[0]), outcome: 'completed' })
    expect(await sql`select event from realtime.messages`).toEqual([{ event: 'wake' }])
  })
})

describe.each(['retry', 'snooze'])('a parent that is put off by a %s', outcome => {
  test.each(['before', 'after'])('stays put off when a child ends %s that', async when => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    const child = await claimOne(worker, { kinds: ['child'] })
    const putOff = () => settle(worker, { ...held, outcome, detail: { after_seconds: 90 } })
    if (when === 'after') await putOff()
    await settle(worker, { ...child, outcome: 'completed' })
    if (when === 'before') await putOff()
    expect(await resumed()).toEqual([])
    await later(worker, '91 seconds')
    expect(await resumed()).toEqual([held.task])
  })
})

describe('a running parent', () => {
  test('is cancelled with its children', async () => {
    const held = await submitAndClaim(scene)
    const { children } = await spawn(worker, held, { key: 'a' })
    await sql`select public.cancel_agent_task(${held.task})`
    expect(await request(sql, held.task)).toMatchObject({ status: 'processing', cancel_requested_at: expect.any(Date) })
    expect(await request(sql, only(children[0]).task_id)).toMatchObject({ status: 'cancelled' })
  })

  test('is cancelled with children that it makes at the same moment', async () => {
    const held = await submitAndClaim(scene)
    await one`begin`
    await spawn(one, held, { key: 'a' })
    await whileWaiting(sql, sql`select public.cancel_agent_task(${held.task})`, () => one`commit`)
    expect(await sql`select status from public.agent_task_requests where parent_id is not null`).toEqual([
      { status: 'cancelled' },
    ])
  })

  test('that ends leaves its children to go on', async () => {
    const held = await submitAndClaim(scene)
    await spawn(worker, held, { key: 'a' })
    await settle(worker, { ...held, outcome: 'completed' })
    const child = await claimOne(worker)
    await settle(worker, { ...child, outcome: 'completed' })
    await claim(worker)
    expect(await request(sql, held.task)).toMatchObject({ status: 'completed' })
    expect(await sql`select from worker.parents_to_check`).toHaveLength(0)
  })
})
