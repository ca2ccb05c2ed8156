import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { setScene, user, whileWaiting } from '../arrange.ts'
import { definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, connect } = scene
const { people, owner, call, save } = await setScenarios(scene)
const admin = user(people.admin)
const root = user(people.platformAdmin)
const DENIED = { code: '42501' }
const newer = definitionOf({ title: 'More help' })

const enable = (who: typeof admin, id: string, enabled: boolean) =>
  call(who, tx => tx`select * from public.set_scenario_enabled(${id}, ${enabled})`)

describe('save_scenario', () => {
  test('makes a new scenario, with its first version and who made it', async () => {
    const made = await save(admin, 'help', definitionOf(), 0, people.acme)
    expect(made).toMatchObject({ id: 'help', enterprise_id: people.acme, version: 1, title: 'Help', is_enabled: true })
    expect(await sql`select * from public.scenario_versions where scenario_id = 'help'`).toMatchObject([
      { version: 1, definition: definitionOf(), note: 'A note.', created_by: people.admin },
    ])
  })

  test('adds a version, and says so in the record of what admins do', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    expect(await save(admin, 'help', newer, 1)).toMatchObject({ version: 2, title: 'More help' })
    expect(
      await sql`select definition ->> 'title' as title from public.scenario_versions where scenario_id = 'help' order by version`,
    ).toEqual([{ title: 'Help' }, { title: 'More help' }])
    const [audit] = await sql`select * from public.agent_task_audit order by id desc limit 1`
    expect(audit).toMatchObject({ action: 'save_scenario', actor_id: people.admin, enterprise_id: people.acme })
    expect(audit?.details).toEqual({ scenario_id: 'help', version: 2 })
  })

  test('refuses what is built on an older version, and what is new but there', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await save(admin, 'help', newer, 1)
    for (const stale of [0, 1, 3])
      await expect(save(admin, 'help', definitionOf(), stale)).rejects.toMatchObject({ code: 'PT409' })
    await expect(save(admin, 'other', newer, 1, people.acme)).rejects.toMatchObject({ code: '22023' })
  })

  test('changes nothing when what is there is saved again', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    expect(await save(admin, 'help', definitionOf(), 0)).toMatchObject({ version: 1 })
  })

  test('lets one of two win who save at once', async () => {
    await save(root, 'help', definitionOf())
    const [one, two] = [await connect(), await connect()]
    await one`begin`
    await one`select public.save_scenario('help', ${one.json(newer)}, 1)`
    const waiting = expect(
      two`select public.save_scenario('help', ${two.json(definitionOf({ title: 'Other' }))}, 1)`,
    ).rejects.toMatchObject({ code: 'PT409' })
    await whileWaiting(sql, waiting, () => one`commit`)
    expect(await sql`select version, title from public.scenarios where id = 'help'`).toEqual([
      { version: 2, title: 'More help' },
    ])
  })

  test('takes a definition that comes as text, as some gateways send it', async () => {
    expect(await save(root, 'help', JSON.stringify(definitionOf()))).toMatchObject({ version: 1 })
  })

  test.each(['', 'Help', '1help', 'x'.repeat(41), 'a b'])('refuses the id %j', async id => {
    await expect(save(root, id, definitionOf())).rejects.toMatchObject({ code: '22023' })
  })

  test('lets a scenario stay in its enterprise', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await expect(save(root, 'help', newer, 1, people.globex)).rejects.toMatchObject({ code: '22023' })
    await save(root, 'help', newer, 1)
    expect(await sql`select enterprise_id from public.scenarios where id = 'help'`).toEqual([
      { enterprise_id: people.acme },
    ])
  })

  test('lets an enterprise have a hundred', async () => {
    await sql`insert into public.scenarios (id, enterprise_id, version, title, description, created_at, updated_at)
      select 'help' || n, ${people.acme}, 1, 'Help', 'Helps.', now(), now() from generate_series(1, 100) n`
    await sql`insert into public.scenario_versions (scenario_id, version, definition, created_at)
      select id, 1, ${sql.json(definitionOf())}, now() from public.scenarios where enterprise_id = ${people.acme}`
    await expect(save(admin, 'more', definitionOf(), 0, people.acme)).rejects.toMatchObject({ code: 'PT429' })
  })
})

describe('who may change scenarios', () => {
  test.each(['owner', 'colleague', 'stranger', 'exAdmin'] as const)('an enterprise’s: not the %s', async other => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    const caller = user(people[other])
    await expect(save(caller, 'help', newer, 1)).rejects.toMatchObject(DENIED)
    await expect(save(caller, 'help', newer, 1, people.globex)).rejects.toMatchObject(DENIED)
    await expect(save(caller, 'other', newer, 0, people.acme)).rejects.toMatchObject(DENIED)
    await expect(enable(caller, 'help', false)).rejects.toMatchObject(DENIED)
  })

  test.each(['owner', 'admin', 'stranger', 'exAdmin'] as const)('everybody’s: not the %s', async other => {
    const caller = user(people[other])
    await expect(save(caller, 'retail', newer, 1)).rejects.toMatchObject(DENIED)
    await expect(save(caller, 'other', newer, 0)).rejects.toMatchObject(DENIED)
    await expect(enable(caller, 'retail', false)).rejects.toMatchObject(DENIED)
  })

  test('both: platform admins and servers', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    expect(await save(root, 'help', newer, 1)).toMatchObject({ version: 2 })
    expect(await save({ role: 'service_role' }, 'all', newer, 0)).toMatchObject({ enterprise_id: null })
    expect(await save(root, 'all', definitionOf(), 1)).toMatchObject({ version: 2 })
  })

  test('nobody writes the tables, not even servers', async () => {
    for (const role of ['anon', 'authenticated', 'service_role'] as const)
      for (const statement of [
        `update public.scenario_versions set note = 'x'`,
        `update public.scenarios set is_enabled = false`,
        'delete from public.scenarios',
        `insert into public.scenario_tools (name) values ('x')`,
      ]) {
        const asked = as(sql, { role, sub: people.platformAdmin }, tx => tx.unsafe(statement))
        await expect(asked, `${role}: ${statement}`).rejects.toMatchObject(DENIED)
      }
  })

  test('a version stays as it is in the table editor, too', async () => {
    await expect(sql`update public.scenario_versions set definition = '{}'`).rejects.toMatchObject({ code: '22023' })
  })
})

describe('set_scenario_enabled', () => {
  test('switches a scenario off and on, each once in the record', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    for (const enabled of [false, false, true])
      expect(await enable(admin, 'help', enabled)).toMatchObject({ is_enabled: enabled })
    const actions = await sql`select action from public.agent_task_audit order by id desc limit 2`
    expect(actions.map(row => row.action)).toEqual(['enable_scenario', 'disable_scenario'])
  })
})

describe('who sees scenarios', () => {
  const TABLES = ['scenarios', 'scenario_versions', 'scenario_agents', 'scenario_handoffs', 'scenario_guardrails']

  test.each(TABLES)('%s show everybody’s to all, and an enterprise’s to its members', async table => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    const column = table === 'scenarios' ? 'id' : 'scenario_id'
    for (const person of ['owner', 'colleague', 'admin', 'stranger', 'exAdmin', 'platformAdmin'] as const) {
      const rows = await as(sql, user(people[person]), tx =>
        tx.unsafe(`select distinct ${column} as id from public.${table} order by 1`),
      )
      const seen = rows.map(row => row.id)
      const all = ['clinic', 'help', 'project_writer', 'retail']
      expect(seen, person).toEqual(['stranger', 'exAdmin'].includes(person) ? all.filter(id => id !== 'help') : all)
    }
    await expect(as(sql, { role: 'anon' }, tx => tx.unsafe(`select from public.${table}`))).rejects.toMatchObject(
      DENIED,
    )
  })

  test('the views show current versions alone', async () => {
    await save(admin, 'help', definitionOf(), 0, people.acme)
    await save(admin, 'help', definitionOf({ overrides: { instructions: true, models: ['gpt-5'] } }), 1)
    const read = (view: string) =>
      as(sql, owner, tx => tx.unsafe(`select * from public.${view} where scenario_id = 'help' order by 3, 4, 5`))
    expect(await read('scenario_handoffs')).toEqual([
      { scenario_id: 'help', version: 2, from_agent: 'desk', to_agent: 'expert', position: 1 },
    ])
    expect(await read('scenario_agents')).toMatchObject([
      { version: 2, position: 1, name: 'desk', is_root: true, tools: ['escalate_to_human'] },
      { version: 2, position: 2, name: 'expert', is_root: false, instructions: 'You are expert.' },
    ])
    expect(await read('scenario_guardrails')).toMatchObject([
      {
        version: 2,
        moderates_input: true,
        tolerates: [],
        removes: [],
        lets_override_instructions: true,
        models: ['gpt-5'],
      },
    ])
  })
})
