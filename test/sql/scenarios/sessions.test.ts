import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addMember, removeMember, setScene, user, whileWaiting } from '../arrange.ts'
import { begin as beginPlain } from '../sessions/arrange.ts'
import { definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, connect } = scene
const { people, owner, save, begin, begun, take, output } = await setScenarios(scene)
const admin = user(people.admin)
const stranger = user(people.stranger)
const DENIED = { code: '42501' }
const newer = definitionOf({ title: 'More help' })
const missing = { code: '22023', message: expect.stringMatching(/^There is no scenario/) }

const sessionRow = async (id: string) => (await sql`select * from public.scenario_sessions where session_id = ${id}`)[0]

describe('begin_scenario_session', () => {
  test('begins a session of the caller’s with the current version and its root', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await save(admin, 'help', newer, 1)
    const begunRow = await begin(owner, { page: { path: '/orders' } })
    expect(begunRow).toMatchObject({ scenario_id: 'help', version: 2, active_agent: 'desk', page: { path: '/orders' } })
    expect(await sql`select user_id, enterprise_id, title from public.agent_sessions`).toEqual([
      { user_id: people.owner, enterprise_id: people.acme, title: 'More help' },
    ])
  })

  test('begins with the agent that is asked for, and refuses one that is not there', async () => {
    expect(await begin(owner, { scenario: 'retail', root: 'returns' })).toMatchObject({ active_agent: 'returns' })
    await expect(begin(owner, { scenario: 'retail', root: 'desk' })).rejects.toMatchObject({ code: '22023' })
    expect(await sql`select from public.agent_sessions`).toHaveLength(1)
  })

  test('gives the same row for the same id, whatever was saved or switched off since', async () => {
    const id = await begun()
    await save(admin, 'help', newer, 1)
    await as(sql, admin, tx => tx`select public.set_scenario_enabled('help', false)`)
    expect(await begin(owner, { id, root: 'expert' })).toMatchObject({
      session_id: id,
      version: 1,
      active_agent: 'desk',
    })
    expect(await sql`select from public.agent_sessions`).toHaveLength(1)
  })

  test('gives one session to two who begin it at once', async () => {
    await begun()
    const id = crypto.randomUUID()
    const [one, two] = [await connect(), await connect()]
    const claims = JSON.stringify({ sub: people.owner, role: 'authenticated' })
    for (const session of [one, two]) {
      await session`begin`
      await session`select set_config('request.jwt.claims', ${claims}, true)`
    }
    await one`select public.begin_scenario_session(${id}, 'help', null, '{}', ${people.acme})`
    const second = two`select * from public.begin_scenario_session(${id}, 'help', 'expert', '{}', ${people.acme})`
    const [[row]] = await whileWaiting(sql, second, () => one`commit`)
    expect(row).toMatchObject({ session_id: id, active_agent: 'desk' })
    await two`commit`
  })

  test('refuses another’s id, as if it were not there', async () => {
    const id = await begun()
    for (const person of ['colleague', 'admin', 'platformAdmin'] as const) {
      const asked = begin(user(people[person]), {
        id,
        enterprise: person === 'platformAdmin' ? null : people.acme,
        scenario: 'retail',
      })
      await expect(asked, person).rejects.toMatchObject(DENIED)
    }
    await expect(begin(stranger, { id, scenario: 'retail', enterprise: people.globex })).rejects.toMatchObject(DENIED)
  })

  test('refuses an own id that has another scenario, another enterprise, or no scenario', async () => {
    const id = await begun()
    const plain = await beginPlain(sql, { user_id: people.owner })
    for (const values of [
      { id, scenario: 'retail' },
      { id, enterprise: null },
      { id: plain, enterprise: null, scenario: 'retail' },
    ])
      await expect(begin(owner, values)).rejects.toMatchObject({ code: 'PT409' })
  })

  test('refuses a scenario that is unknown, switched off, or of another enterprise or for it alone', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await expect(begin(owner, { scenario: 'nope' })).rejects.toMatchObject(missing)
    await expect(begin(stranger, { enterprise: people.globex })).rejects.toMatchObject(missing)
    await expect(begin(owner, { enterprise: null })).rejects.toMatchObject(missing)
    await as(sql, admin, tx => tx`select public.set_scenario_enabled('help', false)`)
    await expect(begin(owner)).rejects.toMatchObject(missing)
  })

  test('refuses an enterprise that is not the caller’s, or no longer, and who is nobody', async () => {
    for (const who of [stranger, user(people.exAdmin), user(people.platformAdmin), { role: 'service_role' } as const])
      await expect(begin(who, { scenario: 'retail' })).rejects.toMatchObject(DENIED)
    await expect(begin({ role: 'anon' }, { scenario: 'retail' })).rejects.toMatchObject(DENIED)
  })

  test.each([['text'], [[]], [{ path: 'x'.repeat(9000) }]])('refuses a page that is no small object', async page => {
    await expect(begin(owner, { scenario: 'retail', page })).rejects.toMatchObject({
      code: expect.stringMatching(/^22/),
    })
  })
})

describe('a session of a scenario', () => {
  test('is seen, with its decisions, by its user, admins of its enterprise, and platform admins', async () => {
    const session_id = await begun()
    await output(await take({ session_id }), 'note_decision', { from: 'desk', to: 'expert', source: 'handoff' })
    for (const table of ['scenario_sessions', 'scenario_decisions'])
      for (const person of ['owner', 'colleague', 'admin', 'stranger', 'exAdmin', 'platformAdmin'] as const) {
        const rows = await as(sql, user(people[person]), tx => tx.unsafe(`select from public.${table}`))
        expect(rows, `${table}: ${person}`).toHaveLength(['owner', 'admin', 'platformAdmin'].includes(person) ? 1 : 0)
      }
  })

  test('is neither made nor changed by users but by the verb', async () => {
    const session = await begun()
    for (const statement of [
      `insert into public.scenario_sessions (session_id, scenario_id, version, active_agent, created_at) values (gen_random_uuid(), 'retail', 1, 'returns', now())`,
      `update public.scenario_sessions set active_agent = 'expert' where session_id = '${session}'`,
      'delete from public.scenario_sessions',
      `insert into public.scenario_decisions (session_id, to_agent, reason, source, created_at) values ('${session}', 'expert', '', 'user', now())`,
    ])
      for (const caller of [owner, admin, { role: 'anon' } as const])
        await expect(as(sql, caller, tx => tx.unsafe(statement))).rejects.toMatchObject(DENIED)
  })

  test('goes with the session, and with its decisions', async () => {
    const session_id = await begun()
    await output(await take({ session_id }), 'note_decision', { from: 'desk', to: 'expert', source: 'handoff' })
    await as(sql, owner, tx => tx`delete from public.agent_sessions where id = ${session_id}`)
    expect(await sql`select from public.scenario_sessions`).toHaveLength(0)
    expect(await sql`select from public.scenario_decisions`).toHaveLength(0)
  })

  test('goes with its enterprise, scenario and all', async () => {
    const [enterprise] = await sql`insert into public.enterprises (name) values ('Brief') returning id`
    const boss = await addMember(sql, enterprise?.id, `${crypto.randomUUID()}@brief.test`, 'admin')
    await save(user(boss), 'brief', definitionOf(), 0, enterprise?.id)
    await begin(user(boss), { scenario: 'brief', enterprise: enterprise?.id })
    await sql`delete from public.enterprises where id = ${enterprise?.id}`
    expect(await sql`select from public.scenarios where id = 'brief'`).toHaveLength(0)
    expect(await sql`select from public.scenario_sessions`).toHaveLength(0)
  })
})

describe('load_scenario', () => {
  test('gives a turn the version of its session, also after another one was saved', async () => {
    const session_id = await begun({ page: { path: '/x' } })
    await save(admin, 'help', newer, 1)
    expect(await output(await take({ session_id }), 'load_scenario')).toEqual({
      ...{ scenarioId: 'help', version: 1, definition: definitionOf(), activeAgent: 'desk' },
      ...{ page: { path: '/x' }, escalation: null, isNew: true },
    })
  })

  test('gives a task without a session the current version of what it names, with the root it names', async () => {
    await begun()
    await save(admin, 'help', newer, 1)
    const held = await take({ request_payload: { message: 'Hi', scenarioId: 'help', rootAgent: 'expert' } })
    expect(await output(held, 'load_scenario')).toMatchObject({ version: 2, activeAgent: 'expert', isNew: true })
  })

  test.each([
    ['/orders', 'retail'],
    ['/orders/17', 'retail'],
    ['/clinic/rooms', 'clinic'],
    ['/drafts', 'project_writer'],
  ])('chooses by page: %s', async (path, scenario) => {
    const held = await take({ kind: 'scenario-orchestration', request_payload: { page: { path } } })
    expect(await output(held, 'load_scenario')).toMatchObject({ scenarioId: scenario })
  })

  test('chooses the longest page, and the enterprise’s own before everybody’s', async () => {
    await save(admin, 'ours', definitionOf({ pages: ['/orders'] }), 0, people.acme)
    await save(admin, 'late', definitionOf({ pages: ['/orders/late'] }), 0, people.acme)
    const choose = async (path: string, more = {}) => {
      const held = await take({ request_payload: { page: { path } }, ...more })
      return (await output(held, 'load_scenario')).scenarioId
    }
    expect(await choose('/orders/17')).toBe('ours')
    expect(await choose('/orders/late/1')).toBe('late')
    expect(await choose('/orders/latest')).toBe('ours')
    expect(await choose('/orders/17', { enterprise_id: null })).toBe('retail')
  })

  test.each([
    { scenarioId: 'nope' },
    { page: { path: '/ordersome' } },
    { page: 'x' },
    {},
    { scenarioId: 'retail', rootAgent: 'desk' },
    { sessionId: 'x' },
    { sessionId: crypto.randomUUID(), scenarioId: 'retail' },
  ])('tells the pipeline of nothing to load for %j', async request_payload => {
    expect(await output(await take({ request_payload }), 'load_scenario')).toEqual({ error: expect.any(String) })
  })

  test('gives nothing of another’s session, nor of one of another enterprise', async () => {
    const sessionId = await begun()
    const payload = { request_payload: { sessionId } }
    for (const values of [
      { user_id: people.admin },
      { user_id: people.stranger, enterprise_id: people.globex },
      { enterprise_id: null },
    ])
      expect(await output(await take({ ...values, ...payload }), 'load_scenario')).toEqual({
        error: expect.any(String),
      })
    expect(await output(await take(payload), 'load_scenario')).toMatchObject({ scenarioId: 'help' })
  })

  test('gives nothing of an enterprise that its user has left meanwhile', async () => {
    const leaver = await addMember(sql, people.acme, 'leaver@acme.test')
    await begun()
    const { session_id } = await begin(user(leaver))
    const held = await take({ user_id: leaver, session_id })
    await removeMember(sql, leaver)
    expect(await output(held, 'load_scenario')).toEqual({ error: expect.any(String) })
    expect(await output(held, 'note_decision', { to: 'expert', source: 'user' })).toEqual({ kept: false })
    expect(await output(held, 'escalate_to_human', { reason: 'x' })).toEqual({ error: expect.any(String) })
  })
})

describe('note_decision', () => {
  const decision = {
    from: 'desk',
    to: 'expert',
    reason: 'Knows it.',
    scores: { desk: 0.2, expert: 0.8 },
    source: 'orchestrator',
  }

  test('makes an agent the active one, and says so with scores and reason', async () => {
    const session_id = await begun()
    const held = await take({ session_id })
    expect(await output(held, 'note_decision', decision)).toEqual({ kept: true })
    expect(await sessionRow(session_id)).toMatchObject({ active_agent: 'expert' })
    const { from, to, ...rest } = decision
    expect(await sql`select * from public.scenario_decisions`).toMatchObject([
      { session_id, task_id: held.task, from_agent: from, to_agent: to, ...rest },
    ])
  })

  test('keeps nothing without a session', async () => {
    expect(await output(await take(), 'note_decision', decision)).toEqual({ kept: false })
    expect(await sql`select from public.scenario_decisions`).toHaveLength(0)
  })

  test.each([
    { to: 'ghost' },
    { to: null },
    { source: 'model' },
    { source: null },
    { scores: [1] },
    { scores: { x: 'y'.repeat(5000) } },
  ])('refuses %j', async more => {
    const session_id = await begun()
    const said = await output(await take({ session_id }), 'note_decision', { ...decision, ...more })
    expect(said).toEqual({ error: expect.any(String) })
    expect(await sessionRow(session_id)).toMatchObject({ active_agent: 'desk' })
  })

  const note = (session: typeof sql, { task, lease }: { task: string; lease: string }) =>
    session`select worker.run_tool(${task}, ${lease},
      array[${JSON.stringify({ key: 'k', name: 'note_decision', agent: '', input: decision })}::text::jsonb])`

  test('before the deletion of its session leaves nothing behind', async () => {
    const session_id = await begun()
    const held = await take({ request_payload: { sessionId: session_id } })
    const [tool, deleter] = [await connect({ role: 'service_role' }), await connect()]
    await tool`begin`
    await note(tool, held)
    const deleted = deleter`delete from public.agent_sessions where id = ${session_id}`
    await whileWaiting(sql, deleted, () => tool`commit`)
    expect(await sql`select from public.scenario_decisions`).toHaveLength(0)
  })

  test('in a turn whose session is just being deleted holds nobody up', async () => {
    const session_id = await begun()
    const held = await take({ session_id })
    const [tool, deleter] = [await connect({ role: 'service_role' }), await connect()]
    await tool`begin`
    await tool`select private.hold(${held.task}, ${held.lease})`
    const deleted = deleter`delete from public.agent_sessions where id = ${session_id}`
    await whileWaiting(sql, deleted, async () => {
      await note(tool, held)
      await tool`commit`
    })
    expect(await sql`select from public.scenario_decisions`).toHaveLength(0)
  })
})
