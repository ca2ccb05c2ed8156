import { beforeEach, describe, expect, it } from 'vitest'
import { call, say as text } from '../../../../supabase/local/brain/script.ts'
import { addEnterprise, addMember, user as caller } from '../../../sql/arrange.ts'
import { agentOf } from '../../../sql/scenarios/arrange.ts'
import { as } from '../../../support/roles.ts'
import { afterDeaths } from '../../agents/mortal.ts'
import { roomWithScripts } from '../../agents/run-with.ts'
import { only, setScene } from '../../arrange.ts'
import {
  activeAgentOf,
  beginSession,
  decisionsOf,
  saidIn,
  saveScenario,
  say,
  settleTurn,
  takeTurn,
  teamOf,
} from './scenes.ts'

const scene = await setScene()
const { sql } = scene
const enterprise = await addEnterprise(sql, 'Shop')
const user = await addMember(sql, enterprise, 'talker@shop.test')
const admin = await addMember(sql, enterprise, 'admin@shop.test', 'admin')

const desk = agentOf('desk', { tools: ['escalate_to_human'] })
const ON = { input: true, output: true, tolerates: [] }
await saveScenario(scene, 'help', teamOf([desk]))
await saveScenario(scene, 'strict', teamOf([desk], { moderation: ON }))

const asksForPerson = {
  desk: ({ prompt, turn }: { prompt: string; turn: number }) => {
    if (turn > 0) return text('It was refused.')
    if (!/person/.test(prompt)) return text('At your service.')
    return [text('I ask a colleague.'), call('escalate_to_human', { reason: 'Wants a person.' })]
  },
}

// As many as a test needs.
beforeEach(() => sql`delete from worker.api_buckets`)

const escalationOf = async (session: string) => {
  const rows = await sql`select id, reason, status from public.scenario_escalations where session_id = ${session}`
  return only(rows[0])
}

describe('an escalation', () => {
  it('ends the turn with what the agent has said, and tells that a person is to answer', async () => {
    const room = await roomWithScripts(scene, asksForPerson)
    const session = await beginSession(scene, { user, enterprise, scenario: 'help' })
    expect(await say(scene, room, session, 'A person, please')).toEqual({
      answer: 'I ask a colleague.',
      agent: 'desk',
      waitsForHuman: true,
      handoffs: [],
    })
    expect(room.brain.calls()).toBe(1)
    expect(await escalationOf(session)).toMatchObject({ reason: 'Wants a person.', status: 'open' })
    expect(await decisionsOf(scene, session)).toEqual(['desk → desk (escalation)'])
  })

  it('keeps agents silent until it is closed, and what was said meanwhile is heard after it', async () => {
    const heard: string[][] = []
    const room = await roomWithScripts(scene, {
      desk: act => {
        heard.push([...act.said.prompts, ...act.said.answers])
        return asksForPerson.desk(act)
      },
    })
    const session = await beginSession(scene, { user, enterprise, scenario: 'help' })
    await say(scene, room, session, 'A person, please')
    const { id } = await escalationOf(session)
    const silent = { answer: null, agent: 'desk', waitsForHuman: true, handoffs: [] }
    expect(await say(scene, room, session, 'Are you there?')).toEqual(silent)
    await as(sql, caller(admin), tx => tx`select public.take_escalation(${id})`)
    await as(sql, caller(admin), tx => tx`select public.answer_escalation(${id}, 'Yes, I am Ada.')`)
    expect(await say(scene, room, session, 'Thank you')).toEqual(silent)
    expect(room.brain.calls()).toBe(1)
    await as(sql, caller(admin), tx => tx`select public.close_escalation(${id})`)
    expect(await say(scene, room, session, 'Hello again')).toMatchObject({
      answer: 'At your service.',
      waitsForHuman: false,
    })
    expect(heard[1]).toEqual(
      expect.arrayContaining(['A person, please', 'Are you there?', 'Yes, I am Ada.', 'Thank you']),
    )
    const said = (await saidIn(scene, session)).filter(each => /^(user|assistant):/.test(each))
    expect(said.slice(-6)).toEqual([
      'assistant: I ask a colleague.',
      'user: Are you there?',
      'assistant: Yes, I am Ada.',
      'user: Thank you',
      'user: Hello again',
      'assistant: At your service.',
    ])
  })

  it('that the database refuses is for the agent to read', async () => {
    const room = await roomWithScripts(scene, {
      desk: act => (act.turn > 0 ? text(act.results('escalate_to_human')[0]?.output ?? '') : asksForPerson.desk(act)),
    })
    await sql`insert into public.agent_sessions (user_id) select ${user} from generate_series(1, 10)`
    await sql`insert into public.scenario_escalations (session_id, reason, created_at, updated_at)
      select id, 'Busy.', now(), now() from public.agent_sessions
      where user_id = ${user} and id not in (select session_id from public.scenario_escalations where status <> 'closed')`
    const session = await beginSession(scene, { user, enterprise, scenario: 'help' })
    const answer = await say(scene, room, session, 'A person, please')
    expect(answer).toMatchObject({ waitsForHuman: false, answer: expect.stringMatching(/which is the limit/) })
    expect(await activeAgentOf(scene, session)).toBe('desk')
    expect(await decisionsOf(scene, session)).toEqual([])
    await sql`update public.scenario_escalations set status = 'closed'`
  })

  it('does not let a message pass that the scenario refuses', async () => {
    const room = await roomWithScripts(scene, asksForPerson, { moderation: 'omni-moderation-latest' })
    const session = await beginSession(scene, { user, enterprise, scenario: 'strict' })
    await say(scene, room, session, 'A person, please')
    await expect(say(scene, room, session, 'You !flag hate')).rejects.toMatchObject({ code: 'content_refused' })
    expect((await saidIn(scene, session)).join()).not.toContain('hate')
    expect(await say(scene, room, session, 'Sorry')).toMatchObject({ waitsForHuman: true })
  })

  it('is met again by a turn that is tried again, though it has been closed meanwhile', async () => {
    const room = await roomWithScripts(scene, asksForPerson)
    const session = await beginSession(scene, { user, enterprise, scenario: 'help' })
    await say(scene, room, session, 'A person, please')
    const held = await takeTurn(scene, room, session, 'Are you there?')
    const heir = await afterDeaths(scene, room, held, [1])
    await as(sql, caller(admin), async tx => tx`select public.close_escalation(${(await escalationOf(session)).id})`)
    expect(await settleTurn(room, heir)).toMatchObject({ answer: null, waitsForHuman: true })
    expect((await saidIn(scene, session)).at(-1)).toBe('user: Are you there?')
  })
})

describe('moderation of a scenario', () => {
  it('refuses what is objected to, before a model hears it', async () => {
    const room = await roomWithScripts(scene, asksForPerson, { moderation: 'omni-moderation-latest' })
    const session = await beginSession(scene, { user, enterprise, scenario: 'strict' })
    await expect(say(scene, room, session, 'Hello !flag hate')).rejects.toMatchObject({ code: 'content_refused' })
    expect(room.brain.calls()).toBe(0)
  })

  it('withholds an answer that is objected to', async () => {
    const room = await roomWithScripts(
      scene,
      { desk: () => text('Hm !flag hate') },
      { moderation: 'omni-moderation-latest' },
    )
    const session = await beginSession(scene, { user, enterprise, scenario: 'strict' })
    await expect(say(scene, room, session, 'Hello')).rejects.toMatchObject({ code: 'content_refused' })
    expect(await saidIn(scene, session)).toEqual([])
  })

  it('lets no draft be stored that is objected to, and tells the agent', async () => {
    await saveScenario(
      scene,
      'writing',
      teamOf([agentOf('desk', { tools: ['store_draft_content'] })], { moderation: ON }),
    )
    const draft = { title: 'Letter', kind: 'message', content: 'I !flag hate you', draft: null }
    const room = await roomWithScripts(
      scene,
      {
        desk: act => {
          const [stored] = act.results('store_draft_content')
          return stored ? text(`Told: ${stored.output}`) : call('store_draft_content', draft)
        },
      },
      { moderation: 'omni-moderation-latest' },
    )
    const session = await beginSession(scene, { user, enterprise, scenario: 'writing' })
    const { answer } = await say(scene, room, session, 'Write it')
    expect(answer).toMatch(/withheld by the content check \(hate\)/)
    expect(await sql`select from public.drafts`).toHaveLength(0)
  })

  it('lets pass what the scenario tolerates, and all where it is off', async () => {
    await saveScenario(scene, 'tolerant', teamOf([desk], { moderation: { ...ON, tolerates: ['hate'] } }))
    const room = await roomWithScripts(scene, asksForPerson, { moderation: 'omni-moderation-latest' })
    for (const scenario of ['tolerant', 'help']) {
      const session = await beginSession(scene, { user, enterprise, scenario })
      expect(await say(scene, room, session, 'Hello !flag hate')).toMatchObject({ answer: 'At your service.' })
    }
  })
})
