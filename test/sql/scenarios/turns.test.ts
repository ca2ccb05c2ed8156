import { describe, expect, test } from 'vitest'
import { addMember, removeMember, setScene, user, whileWaiting } from '../arrange.ts'
import { definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, connect } = scene
const { people, save, begin, begun, take, output } = await setScenarios(scene)
const admin = user(people.admin)
const newer = definitionOf({ title: 'More help' })

const sessionRow = async (id: string) => (await sql`select * from public.scenario_sessions where session_id = ${id}`)[0]

describe('load_scenario', () => {
  test('gives a turn the version of its session, also after another one was saved', async () => {
    const session_id = await begun({ page: { path: '/x' } })
    await save(admin, 'help', newer, 1)
    expect(await output(await take({ session_id }), 'load_scenario')).toEqual({
      ...{ scenarioId: 'help', version: 1, definition: definitionOf(), activeAgent: 'desk' },
      ...{ page: { path: '/x' }, escalation: null, override: null, refusedModels: [], isNew: true },
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
    await save(admin, 'whole', definitionOf({ pages: ['/'] }), 0, people.acme)
    await save(admin, 'late', definitionOf({ pages: ['/orders/late'] }), 0, people.acme)
    const choose = async (path: string, more = {}) => {
      const held = await take({ request_payload: { page: { path } }, ...more })
      return (await output(held, 'load_scenario')).scenarioId
    }
    expect(await choose('/orders/17')).toBe('ours')
    expect(await choose('/anything')).toBe('whole')
    expect(await choose('/clinic')).toBe('clinic')
    expect(await choose('/orders/late/1')).toBe('late')
    expect(await choose('/orders/latest')).toBe('ours')
    expect(await choose('/orders/17', { enterprise_id: null })).toBe('retail')
  })

  test.each([
    { page: { path: '/ordersome' } },
    { page: 'x' },
    {},
    { sessionId: 'x' },
    { sessionId: crypto.randomUUID(), scenarioId: 'retail' },
  ])('finds nothing for %j', async request_payload => {
    expect(await output(await take({ request_payload }), 'load_scenario')).toBeNull()
  })

  test.each([{ scenarioId: 'nope' }, { scenarioId: 'retail', rootAgent: 'desk' }])(
    'refuses what is named and is not there: %j',
    async request_payload => {
      expect(await output(await take({ request_payload }), 'load_scenario')).toEqual({ error: expect.any(String) })
    },
  )

  test('gives nothing of another’s session, nor of one of another enterprise', async () => {
    const sessionId = await begun()
    const payload = { request_payload: { sessionId } }
    for (const values of [
      { user_id: people.admin },
      { user_id: people.stranger, enterprise_id: people.globex },
      { enterprise_id: null },
    ])
      expect(await output(await take({ ...values, ...payload }), 'load_scenario')).toBeNull()
    expect(await output(await take(payload), 'load_scenario')).toMatchObject({ scenarioId: 'help' })
  })

  test('gives nothing of an enterprise that its user has left meanwhile', async () => {
    const leaver = await addMember(sql, people.acme, 'leaver@acme.test')
    await begun()
    const { session_id } = await begin(user(leaver))
    const held = await take({ user_id: leaver, session_id })
    await removeMember(sql, leaver)
    expect(await output(held, 'load_scenario')).toBeNull()
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
