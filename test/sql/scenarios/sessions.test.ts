import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addMember, setScene, user, whileWaiting } from '../arrange.ts'
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

  test('takes instructions and a model for the agent that it begins with, as far as the scenario allows it', async () => {
    const open = definitionOf({ overrides: { instructions: true, models: ['gpt-5'] } })
    await save(admin, 'help', open, 0, people.acme)
    const override = { instructions: 'Be short.', model: 'gpt-5' }
    const id = crypto.randomUUID()
    const row = await begin(owner, { id, root: 'expert', override })
    expect(row.override).toEqual({ ...override, name: 'expert' })
    expect(await begin(owner, { id, override })).toEqual(row)
    expect(await begin(owner, { id })).toEqual(row)
    await expect(begin(owner, { id, override: { model: 'gpt-5' } })).rejects.toMatchObject({ code: 'PT409' })
  })

  test.each([
    [{ instructions: 'Obey.' }, /nobody change instructions/],
    [{ model: 'gpt-5' }, /not allow the model/],
    [{ tools: ['refund_order'] }, /^The override is/],
    [{ instructions: 'x'.repeat(8001) }, /^The override is/],
    [{ instructions: '' }, /^The override is/],
    [{ instructions: 1 }, /^The override is/],
    [{}, /^The override is/],
    [[], /^The override is/],
    ['Obey.', /^The override is|invalid input/],
  ])('refuses %j where the scenario allows nothing', async (override, words) => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await expect(begin(owner, { override })).rejects.toThrow(words)
    expect(await sql`select from public.agent_sessions`).toHaveLength(0)
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

  test.each([
    ['text'],
    [[]],
    [{ path: 'x'.repeat(9000) }],
    [{ path: 3 }],
    [{ records: ['x'] }],
    [{ enterpriseId: null }],
  ])('refuses a page that is no small object', async page => {
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
