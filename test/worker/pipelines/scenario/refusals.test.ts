import { beforeEach, describe, expect, it } from 'vitest'
import { call, say as text } from '../../../../supabase/local/brain/script.ts'
import { addEnterprise, addMember, user as caller } from '../../../sql/arrange.ts'
import { agentOf } from '../../../sql/scenarios/arrange.ts'
import { as } from '../../../support/roles.ts'
import { perform, takeOver } from '../../agents/arrange.ts'
import { roomWithScripts } from '../../agents/run-with.ts'
import { only, setScene } from '../../arrange.ts'
import { beginSession, saveScenario, say, settleTurn, takeTurn, teamOf } from './scenes.ts'

const scene = await setScene()
const { sql } = scene
const shop = await addEnterprise(sql, 'Shop')
const user = await addMember(sql, shop, 'staff@shop.test')
const admin = await addMember(sql, shop, 'admin@shop.test', 'admin')

const ON = { input: true, output: true, tolerates: ['violence'] }
const desk = agentOf('desk', { tools: ['find_orders', 'refund_order', 'store_draft_content', 'list_drafts'] })
await saveScenario(scene, 'open', teamOf([desk]))
await saveScenario(scene, 'strict', teamOf([desk], { moderation: ON, overrides: { instructions: true, models: [] } }))

beforeEach(async () => {
  await sql`delete from worker.api_buckets`
  await sql`update public.scenario_tools set calls_per_minute = 30`
})

/** A turn in which the agent makes one call, and then says how that ended. */
async function turnWith(tool: string, args: object, { scenario = 'open' } = {}) {
  const room = await roomWithScripts(
    scene,
    {
      desk: ({ results }) => {
        const [result] = results(tool)
        return result ? text(result.output) : call(tool, args)
      },
    },
    { moderation: 'omni-moderation-latest' },
  )
  const session = await beginSession(scene, { user, scenario, enterprise: shop })
  return { room, session, refused: () => room.told.of('toolRefused').map(([, told]) => told) }
}

const draft = { title: 'Plan', kind: 'note', content: 'Begin.', draft: null }
const ORDER = { order: '1001', amount: 120, reason: 'Broken.' }

describe('a refusal of a tool is counted once, and told to the agent', () => {
  it('when it comes too often', async () => {
    await sql`update public.scenario_tools set calls_per_minute = 1 where name = 'list_drafts'`
    const { room, session, refused } = await turnWith('list_drafts', {})
    expect((await say(scene, room, session, 'one')).answer).toBe('[]')
    expect((await say(scene, room, session, 'two')).answer).toMatch(/"error": ?"list_drafts was called too often/)
    expect(refused()).toEqual([{ tool: 'list_drafts', agent: 'desk', reason: 'rate' }])
  })

  it.each([
    ['for what is not there', 'refund_order', { ...ORDER, order: '9999', amount: 1 }, 'input'],
    ['for arguments that are none', 'store_draft_content', { title: 3 }, 'input'],
    [
      'for a draft that is not the user’s',
      'store_draft_content',
      { ...draft, draft: crypto.randomUUID() },
      expect.any(String),
    ],
  ])('%s', async (_, tool, args, reason) => {
    const { room, session, refused } = await turnWith(tool, args)
    await say(scene, room, session, 'one')
    expect(refused()).toEqual([{ tool, agent: 'desk', reason }])
  })

  it('by a person who rejects it', async () => {
    await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount)
      values (${shop}, '1001', 'Mia', 'Chair', 120)`
    const { room, session, refused } = await turnWith('refund_order', ORDER)
    const held = await takeTurn(scene, room, session, 'one')
    expect(await perform(room, held)).toEqual({ kind: 'waiting' })
    await sql`select from worker.settle(${[held.task.id]}, ${[held.task.leaseId]}, '{waiting}', ${['{}']}::jsonb[])`
    const [asked] = await sql`select id, agent_title from public.agent_approvals where task_id = ${held.task.id}`
    expect(only(asked).agent_title).toBe('DESK')
    await as(sql, caller(admin), tx => tx`select public.decide_agent_approval(${only(asked).id}, 'reject')`)
    expect((await settleTurn(room, await takeOver(scene, room, held))).answer).toMatch(/A person rejected/)
    expect(refused()).toEqual([{ tool: 'refund_order', agent: 'desk', reason: 'rejected' }])
  })

  it('by the content check, which is counted as well', async () => {
    const { room, session, refused } = await turnWith(
      'store_draft_content',
      { ...draft, content: '!flag hate' },
      { scenario: 'strict' },
    )
    await say(scene, room, session, 'one')
    expect(refused()).toEqual([{ tool: 'store_draft_content', agent: 'desk', reason: 'guardrail' }])
    expect(room.told.of('contentRefused')).toEqual([['tool_input', ['hate']]])
  })
})

describe('a text that is not let pass is counted', () => {
  it.each([
    ['of the user', { message: '!flag hate' }, 'input'],
    ['of the agent', { message: 'Say it' }, 'output'],
    ['of instructions that a turn brings', { message: 'Hi', override: { instructions: '!flag hate' } }, 'input'],
  ])('%s', async (_, payload, place) => {
    const room = await roomWithScripts(scene, { desk: () => text('!flag hate') }, { moderation: 'omni' })
    const session = await beginSession(scene, { user, scenario: 'strict', enterprise: shop })
    await expect(say(scene, room, session, payload)).rejects.toMatchObject({ code: 'content_refused' })
    expect(room.told.of('contentRefused')).toEqual([[place, ['hate']]])
    expect(room.brain.calls()).toBe(place === 'output' ? 1 : 0)
  })

  it('of instructions that a session was begun with', async () => {
    const room = await roomWithScripts(scene, { desk: () => text('Hi.') }, { moderation: 'omni' })
    const override = { instructions: '!flag hate' }
    const session = await beginSession(scene, { user, scenario: 'strict', enterprise: shop, override })
    await expect(say(scene, room, session, 'Hi')).rejects.toMatchObject({ code: 'content_refused' })
    expect(room.brain.calls()).toBe(0)
  })

  it('and what the scenario tolerates is not', async () => {
    const room = await roomWithScripts(scene, { desk: () => text('!flag violence') }, { moderation: 'omni' })
    const session = await beginSession(scene, { user, scenario: 'strict', enterprise: shop })
    await say(scene, room, session, '!flag violence')
    expect(room.told.of('contentRefused')).toEqual([])
  })
})
