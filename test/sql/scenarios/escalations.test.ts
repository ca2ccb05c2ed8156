import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addMember, removeMember, setScene, user, whileWaiting } from '../arrange.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, connect } = scene
const { people, owner, begin, begun, take, output, escalate, run, taken } = await setScenarios(scene)
const admin = user(people.admin)
const root = user(people.platformAdmin)
const DENIED = { code: '42501' }
const BUSY = { code: 'PT409' }

describe('escalate_to_human', () => {
  test('opens one escalation of the session, and tells of it when asked again', async () => {
    const session_id = await begun()
    const held = await take({ session_id })
    const first = await output(held, 'escalate_to_human', { reason: ' Angry. ' })
    expect(first).toEqual({ escalation: expect.any(String), status: 'open' })
    expect(await output(held, 'escalate_to_human', { reason: 'Very angry.' })).toEqual(first)
    expect(await sql`select * from public.scenario_escalations`).toMatchObject([
      { id: first.escalation, session_id, reason: 'Angry.', status: 'open', taken_by: null },
    ])
    expect(await output(held, 'load_scenario')).toMatchObject({ escalation: 'open' })
  })

  test('opens another one after the first was closed', async () => {
    const session = await begun()
    const first = await escalate(session)
    await run('close_escalation', admin, first)
    expect(await escalate(session)).not.toBe(first)
  })

  test.each([{ reason: '' }, { reason: 'x'.repeat(501) }, {}])('refuses %j', async input => {
    const held = await take({ session_id: await begun() })
    expect(await output(held, 'escalate_to_human', input)).toEqual({ error: expect.any(String) })
  })

  test('is refused outside of a session with a scenario, and of another’s', async () => {
    const sessionId = await begun()
    for (const values of [{}, { user_id: people.colleague, request_payload: { sessionId } }])
      expect(await output(await take(values), 'escalate_to_human', { reason: 'x' })).toEqual({
        error: expect.any(String),
      })
  })

  test('lets a user wait in ten conversations', async () => {
    for (let n = 0; n < 10; n++) await escalate(await begun())
    const held = await take({ session_id: await begun() })
    expect(await output(held, 'escalate_to_human', { reason: 'x' })).toEqual({ error: expect.stringContaining('10') })
  })
})

describe('an escalation', () => {
  test('is seen by the session’s user, admins of its enterprise, and platform admins', async () => {
    await taken()
    for (const person of ['owner', 'colleague', 'admin', 'stranger', 'exAdmin', 'platformAdmin'] as const) {
      const rows = await as(sql, user(people[person]), tx => tx`select from public.scenario_escalations`)
      expect(rows, person).toHaveLength(['owner', 'admin', 'platformAdmin'].includes(person) ? 1 : 0)
    }
    await expect(as(sql, { role: 'anon' }, tx => tx`select from public.scenario_escalations`)).rejects.toMatchObject(
      DENIED,
    )
  })

  test('is written by nobody but by the verbs', async () => {
    await taken()
    for (const statement of [
      `update public.scenario_escalations set status = 'closed'`,
      'delete from public.scenario_escalations',
      `insert into public.scenario_escalations (session_id, reason, created_at, updated_at) values (gen_random_uuid(), 'x', now(), now())`,
    ])
      for (const caller of [owner, admin, root])
        await expect(as(sql, caller, tx => tx.unsafe(statement))).rejects.toMatchObject(DENIED)
  })

  test.each(['owner', 'colleague', 'stranger', 'exAdmin'] as const)(
    'is neither taken nor answered by the %s',
    async other => {
      const { id } = await taken()
      for (const verb of ['take_escalation', 'answer_escalation'] as const)
        await expect(run(verb, user(people[other]), id)).rejects.toMatchObject(DENIED)
      if (other !== 'owner')
        await expect(run('close_escalation', user(people[other]), id)).rejects.toMatchObject(DENIED)
    },
  )

  test('of no enterprise is platform admins’ alone', async () => {
    const { session_id } = await begin(owner, { scenario: 'retail', enterprise: null })
    const held = await take({ session_id, enterprise_id: null })
    const { escalation } = await output(held, 'escalate_to_human', { reason: 'x' })
    await expect(run('take_escalation', admin, String(escalation))).rejects.toMatchObject(DENIED)
    expect(await run('take_escalation', root, String(escalation))).toMatchObject({ taken_by: people.platformAdmin })
  })

  test('is taken by one', async () => {
    const { id } = await taken()
    expect(await run('take_escalation', admin, id)).toMatchObject({ status: 'taken', taken_by: people.admin })
    await expect(run('take_escalation', root, id)).rejects.toMatchObject(BUSY)
    await expect(run('answer_escalation', root, id)).rejects.toMatchObject(BUSY)
  })

  test('is taken over when who had taken it is no longer an admin', async () => {
    const { id } = await taken()
    await sql`update public.enterprise_members set role = 'member' where user_id = ${people.admin}`
    try {
      await expect(run('answer_escalation', admin, id)).rejects.toMatchObject(DENIED)
      expect(await run('take_escalation', root, id)).toMatchObject({ status: 'taken', taken_by: people.platformAdmin })
    } finally {
      await sql`update public.enterprise_members set role = 'admin' where user_id = ${people.admin}`
    }
    await expect(run('answer_escalation', admin, id)).rejects.toMatchObject(BUSY)
  })

  test('is a server’s to take and to answer, too', async () => {
    const id = await escalate(await begun())
    const server = { role: 'service_role' } as const
    expect(await run('take_escalation', server, id)).toMatchObject({ status: 'taken', taken_by: null })
    await run('answer_escalation', server, id)
    await expect(run('take_escalation', admin, id)).rejects.toMatchObject(BUSY)
  })

  test('of two who take it at once is one’s', async () => {
    const id = await escalate(await begun())
    const [one, two] = [await connect(), await connect()]
    for (const [session, sub] of [
      [one, people.admin],
      [two, people.platformAdmin],
    ] as const) {
      await session`begin`
      await session`select set_config('request.jwt.claims', ${JSON.stringify({ sub, role: 'authenticated' })}, true)`
    }
    await one`select public.take_escalation(${id})`
    const waiting = expect(two`select public.take_escalation(${id})`).rejects.toMatchObject(BUSY)
    await whileWaiting(sql, waiting, () => one`commit`)
  })

  test('is closed by its user, too, who then goes on with the agents', async () => {
    const { session, id } = await taken()
    expect(await run('close_escalation', owner, id)).toMatchObject({ status: 'closed' })
    expect(await run('close_escalation', owner, id)).toMatchObject({ status: 'closed' })
    for (const verb of ['take_escalation', 'answer_escalation'] as const)
      await expect(run(verb, admin, id)).rejects.toMatchObject(BUSY)
    expect(await output(await take({ session_id: session }), 'load_scenario')).toMatchObject({ escalation: null })
  })

  test('is not closed by who has left the enterprise', async () => {
    const leaver = await addMember(sql, people.acme, `${crypto.randomUUID()}@acme.test`)
    await begun()
    const { session_id } = await begin(user(leaver))
    const held = await take({ user_id: leaver, session_id })
    const { escalation } = await output(held, 'escalate_to_human', { reason: 'x' })
    await removeMember(sql, leaver)
    await expect(run('close_escalation', user(leaver), String(escalation))).rejects.toMatchObject(DENIED)
  })

  test('leaves a record of who took and closed it', async () => {
    const { id } = await taken()
    await run('close_escalation', admin, id)
    const rows =
      await sql`select action, actor_id from public.agent_task_audit where details ->> 'escalation_id' = ${id} order by id`
    expect(rows).toEqual([
      { action: 'take_escalation', actor_id: people.admin },
      { action: 'close_escalation', actor_id: people.admin },
    ])
  })

  test('tells of its deletion no more than its id, since everybody may hear that', async () => {
    const rows = await sql`select distinct relreplident from pg_class
      where oid in ('public.scenario_escalations'::regclass, 'public.scenario_decisions'::regclass)`
    expect(rows).toEqual([{ relreplident: 'd' }])
  })

  test('goes with its session', async () => {
    const { session } = await taken()
    await as(sql, owner, tx => tx`delete from public.agent_sessions where id = ${session}`)
    expect(await sql`select from public.scenario_escalations`).toHaveLength(0)
  })
})
