import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { setScene, user } from '../arrange.ts'
import { agentOf, definitionOf, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const { people, save, begun, take, output, complete } = await setScenarios(scene)
const admin = user(people.admin)
const root = user(people.platformAdmin)

const allow = (caller: typeof root, model: string | null, allowed: boolean | null = true) =>
  as(sql, caller, tx => tx`select public.allow_scenario_model(${model}, ${allowed}) as allowed`)
const models = async () => (await sql`select name from public.scenario_models order by name`).map(row => row.name)
const withModel = (model: string) => definitionOf({ agents: [agentOf('desk', { model })] })

describe('allow_scenario_model', () => {
  test('lets scenarios name a model, and no more, each once in the record', async () => {
    expect(await allow(root, 'gpt-6')).toEqual([{ allowed: true }])
    await allow(root, 'gpt-6')
    expect(await models()).toEqual(['gpt-5', 'gpt-5-mini', 'gpt-6'])
    expect(await allow(root, 'gpt-6', false)).toEqual([{ allowed: false }])
    await allow(root, 'gpt-6', false)
    expect(await models()).toEqual(['gpt-5', 'gpt-5-mini'])
    const told = await sql`select action, actor_id, details from public.agent_task_audit
      where details ->> 'model' = 'gpt-6' order by id`
    expect(told.map(row => row.action)).toEqual(['allow_model', 'refuse_model'])
    expect(told[0]).toMatchObject({ actor_id: people.platformAdmin, details: { model: 'gpt-6' } })
  })

  test.each(['owner', 'admin', 'stranger', 'exAdmin'] as const)('is not for the %s', async other => {
    for (const allowed of [true, false])
      await expect(allow(user(people[other]), 'gpt-5', allowed)).rejects.toMatchObject({ code: '42501' })
    expect(await models()).toEqual(['gpt-5', 'gpt-5-mini'])
  })

  test.each([[null], [''], ['a b'], ['x'.repeat(101)]])('refuses the name %j', async model => {
    await expect(allow(root, model)).rejects.toMatchObject({ code: '22023' })
  })

  test('wants to be told whether', async () => {
    await expect(allow(root, 'gpt-5', null)).rejects.toMatchObject({ code: '22023' })
  })

  test('allows a hundred at most', async () => {
    await sql`insert into public.scenario_models select 'm' || n, now() from generate_series(1, 98) n`
    await expect(allow(root, 'gpt-6')).rejects.toMatchObject({ code: 'PT429' })
  })
})

describe('the list of models', () => {
  test('is seen by all who are signed in, and written by nobody', async () => {
    for (const person of ['owner', 'stranger'] as const)
      expect(await as(sql, user(people[person]), tx => tx`select name from public.scenario_models`)).toHaveLength(2)
    for (const role of ['anon', 'authenticated', 'service_role'] as const) {
      const asked = as(
        sql,
        { role, sub: people.platformAdmin },
        tx => tx`insert into public.scenario_models values ('x', now())`,
      )
      await expect(asked).rejects.toMatchObject({ code: '42501' })
    }
    const anon = as(sql, { role: 'anon' }, tx => tx`select from public.scenario_models`)
    await expect(anon).rejects.toMatchObject({ code: '42501' })
  })
})

describe('a definition that names a model', () => {
  test.each([
    ['of an agent', withModel('gpt-huge')],
    ['for turns to choose', definitionOf({ overrides: { instructions: false, models: ['gpt-5', 'gpt-huge'] } })],
  ])('%s is refused unless the model is allowed', async (_, definition) => {
    await expect(save(admin, 'help', definition, 0, people.acme)).rejects.toMatchObject({
      code: '22023',
      message: expect.stringMatching(/may not name these models: gpt-huge\./),
    })
    await allow(root, 'gpt-huge')
    expect(await save(admin, 'help', definition, 0, people.acme)).toMatchObject({ version: 1 })
  })

  test('is refused for a platform admin, too, who can allow it first', async () => {
    await expect(save(root, 'help', withModel('gpt-huge'))).rejects.toMatchObject({ code: '22023' })
  })

  test('tells a turn which models are not allowed any more', async () => {
    await save(admin, 'help', withModel('gpt-5'), 0, people.acme)
    const session = await begun()
    const load = async () => {
      const held = await take({ session_id: session })
      const { refusedModels } = await output(held, 'load_scenario')
      await complete(held)
      return refusedModels
    }
    expect(await load()).toEqual([])
    await allow(root, 'gpt-5', false)
    expect(await load()).toEqual(['gpt-5'])
  })
})
