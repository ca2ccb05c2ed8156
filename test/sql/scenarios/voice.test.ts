import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { setScene, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { answered, freeze, itemsOf, noteTurn, said, say } from '../sessions/arrange.ts'
import { claimOne } from '../verbs.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { people, owner, call, begin, begun, take, output, complete, escalate } = await setScenarios(scene)
const DENIED = { code: '42501' }

const hello = { role: 'user', text: 'Hello', item_id: 'u1' }
const reply = { role: 'assistant', text: 'Hi!', agent: 'desk', item_id: 'a1' }
const append = async (caller: Caller, session: string, items: unknown) => {
  const { append_voice_items: added } = await call(
    caller,
    tx => tx`select public.append_voice_items(${session}, ${tx.json(items as never)})`,
  )
  return added
}
const transcript = (caller: Caller, session: string) =>
  as(sql, caller, tx => tx`select * from public.session_transcript where session_id = ${session} order by seq`)

describe('append_voice_items', () => {
  test('adds what was spoken as messages, for the next turn to hear', async () => {
    const session = await begun()
    expect(await append(owner, session, [hello, reply])).toBe(2)
    const { items } = await freeze(worker, await take({ session_id: session }), said('And now in writing'))
    expect(items).toEqual([
      { type: 'message', role: 'user', content: 'Hello' },
      answered('Hi!'),
      said('And now in writing'),
    ])
  })

  test('adds each item once, whatever comes again with it or inside of it', async () => {
    const session = await begun()
    await append(owner, session, [hello])
    expect(await append(owner, session, [{ ...hello, text: 'Changed' }, reply, reply])).toBe(1)
    expect(await append(owner, session, [hello, reply])).toBe(0)
    expect(await itemsOf(sql, session)).toEqual([{ type: 'message', role: 'user', content: 'Hello' }, answered('Hi!')])
  })

  test('keeps items of one id in two sessions apart', async () => {
    const [one, two] = [await begun(), await begun()]
    expect([await append(owner, one, [hello]), await append(owner, two, [hello])]).toEqual([1, 1])
  })

  test('takes items that come as text, as some gateways send them', async () => {
    expect(await append(owner, await begun(), JSON.stringify([hello]))).toBe(1)
  })

  test.each([
    [{ ...hello, role: 'system' }],
    [{ ...hello, role: 'tool' }],
    [{ ...hello, role: 'developer' }],
    [{ ...hello, type: 'function_call_output' }],
    [{ ...hello, providerData: { instructions: 'x' } }],
    [{ ...hello, content: [{ type: 'input_file' }] }],
    [{ ...hello, text: ['x'] }],
    [{ ...hello, text: ' ' }],
    [{ ...hello, text: 'x'.repeat(8001) }],
    [{ ...hello, item_id: 'x'.repeat(101) }],
    [{ ...hello, item_id: null }],
    [{ ...hello, agent: 'desk' }],
    [{ ...reply, agent: 'ghost' }],
    [{ role: 'user', text: 'Hello' }],
    ['Hello'],
    [null],
  ])('refuses %j with all that came beside it', async item => {
    const session = await begun()
    await expect(append(owner, session, [hello, item])).rejects.toMatchObject({
      code: '22023',
      message: expect.stringContaining('Item 2'),
    })
    expect(await itemsOf(sql, session)).toEqual([])
  })

  test.each([[{ items: [] }], [null], [Array.from({ length: 101 }, (_, n) => ({ ...hello, item_id: `u${n}` }))]])(
    'refuses what is no list of up to a hundred',
    async items => {
      await expect(append(owner, await begun(), items)).rejects.toMatchObject({ code: '22023' })
    },
  )

  test.each(['colleague', 'admin', 'stranger', 'platformAdmin'] as const)(
    'is refused to the %s, as if it were not there',
    async other => {
      await expect(append(user(people[other]), await begun(), [hello])).rejects.toMatchObject(DENIED)
    },
  )

  test('is refused for a session without a scenario, and to the anonymous and servers', async () => {
    const session = await begun()
    const [plain] = await sql`insert into public.agent_sessions (user_id) values (${people.owner}) returning id`
    await expect(append(owner, plain?.id, [hello])).rejects.toMatchObject(DENIED)
    for (const role of ['anon', 'service_role'] as const)
      await expect(append({ role }, session, [hello])).rejects.toMatchObject(DENIED)
  })

  test('is refused while a turn is under way, so that no two add at once', async () => {
    const session = await begun()
    await say(sql, owner, session, { enterprise_id: people.acme })
    await expect(append(owner, session, [hello])).rejects.toMatchObject({ code: 'PT409' })
    await complete(await claimOne(worker))
    expect(await append(owner, session, [hello])).toBe(1)
  })

  test('and the same from another tab at once add each item once', async () => {
    const session = await begun()
    const [one, two] = [await connect(), await connect()]
    for (const tab of [one, two]) {
      await tab`begin`
      await tab`select set_config('request.jwt.claims', ${JSON.stringify({ sub: people.owner, role: 'authenticated' })}, true)`
    }
    await one`select public.append_voice_items(${session}, ${one.json([hello])})`
    const second = two`select public.append_voice_items(${session}, ${two.json([hello, reply])}) as added`
    const [[row]] = await whileWaiting(sql, second, () => one`commit`)
    expect(row).toEqual({ added: 1 })
    await two`commit`
  })

  test('takes 2,000 items of a session', async () => {
    const session = await begun()
    await sql`insert into public.agent_session_items (session_id, seq, kind, item, source, voice_item_id, created_at)
      select ${session}, n, 'item', '{}', 'voice', 'old' || n, now() from generate_series(1, 1999) n`
    await expect(append(owner, session, [hello, reply])).rejects.toMatchObject({ code: 'PT429' })
    expect(await append(owner, session, [hello])).toBe(1)
  })

  test('leaves it to the handoffs who is the active agent', async () => {
    const session = await begun()
    await append(owner, session, [reply, { ...reply, agent: 'expert', item_id: 'a2' }])
    expect(await sql`select active_agent from public.scenario_sessions`).toEqual([{ active_agent: 'desk' }])
    expect(await sql`select * from public.scenario_decisions`).toEqual([])
  })
})

describe('hand_over_by_voice', () => {
  const handOver = (caller: Caller, session: string, { id = crypto.randomUUID(), from = 'desk', to = 'expert' } = {}) =>
    call(caller, tx => tx`select (public.hand_over_by_voice(${session}, ${id}, ${from}, ${to})).*`)
  const decisions = () => sql`select from_agent, to_agent, source, task_id from public.scenario_decisions`
  const handoff = { from_agent: 'desk', to_agent: 'expert', source: 'handoff', task_id: null }

  test('makes the other one the active agent, and says so', async () => {
    const session = await begun()
    expect(await handOver(owner, session)).toMatchObject(handoff)
    expect(await sql`select active_agent from public.scenario_sessions`).toEqual([{ active_agent: 'expert' }])
    expect(await decisions()).toEqual([handoff])
  })

  test('is done once however often it is told, and does not turn back what was decided since', async () => {
    const session = await begun()
    const id = crypto.randomUUID()
    await handOver(owner, session, { id })
    await sql`update public.scenario_sessions set active_agent = 'desk'`
    expect(await handOver(owner, session, { id })).toMatchObject({ id, ...handoff })
    expect(await sql`select active_agent from public.scenario_sessions`).toEqual([{ active_agent: 'desk' }])
    expect(await decisions()).toEqual([handoff])
  })

  test.each([
    ['expert', 'desk'],
    ['desk', 'desk'],
    ['desk', 'ghost'],
    ['ghost', 'expert'],
    ['desk', ''],
  ])('is refused where the registry does not let %s hand over to %s', async (from, to) => {
    await expect(handOver(owner, await begun(), { from, to })).rejects.toMatchObject({ code: '22023' })
    expect(await decisions()).toEqual([])
  })

  test('does not take the id of a decision in another session', async () => {
    const id = crypto.randomUUID()
    await handOver(owner, await begun(), { id })
    await expect(handOver(owner, await begun(), { id })).rejects.toMatchObject({ code: '22023' })
  })

  test.each(['colleague', 'admin', 'stranger', 'exAdmin', 'platformAdmin'] as const)(
    'is refused to the %s, as if the session were not there',
    async other => {
      await expect(handOver(user(people[other]), await begun())).rejects.toMatchObject(DENIED)
    },
  )

  test('is refused to the anonymous, and to servers, who have no session', async () => {
    const session = await begun()
    for (const role of ['anon', 'service_role'] as const)
      await expect(handOver({ role }, session)).rejects.toMatchObject(DENIED)
  })

  test('takes a thousand in a session', async () => {
    const session = await begun()
    await sql`insert into public.scenario_decisions (session_id, to_agent, reason, source, created_at)
      select ${session}, 'desk', '', 'handoff', now() from generate_series(1, 1000)`
    await expect(handOver(owner, session)).rejects.toMatchObject({ code: 'PT429' })
  })
})

describe('session_transcript', () => {
  test('tells who said what in writing, by voice and as a person, without calls of tools', async () => {
    const session = await begun()
    await append(owner, session, [hello, reply])
    const held = await take({ session_id: session, request_payload: { message: 'Refund!', source: 'text' } })
    await freeze(worker, held, said('Refund!'))
    const called = [
      { type: 'function_call', callId: 'c', name: 'find_orders', arguments: '{}' },
      { type: 'function_call_result', callId: 'c', output: 'secret' },
    ]
    const parts = { ...answered(''), content: ['One', ' two'].map(text => ({ type: 'output_text', text })) }
    await noteTurn(worker, held, { items: [...called, parts, { role: 'system', content: 'Hidden.' }] })
    await complete(held, { answer: 'One two', agent: 'expert' })
    const id = await escalate(session)
    await as(
      sql,
      user(people.admin),
      tx => tx`select public.take_escalation(${id}), public.answer_escalation(${id}, 'Me.')`,
    )
    const rows = await transcript(owner, session)
    expect(rows.map(({ role, text, source, agent }) => [role, text, source, agent])).toEqual([
      ['user', 'Hello', 'voice', null],
      ['assistant', 'Hi!', 'voice', 'desk'],
      ['user', 'Refund!', 'text', null],
      ['assistant', 'One two', 'text', 'expert'],
      ['assistant', 'Me.', 'human', null],
    ])
    expect(rows.at(-1)?.author_id).toBe(people.admin)
    expect(rows.map(row => row.task_id === held.task)).toEqual([false, false, true, true, false])
  })

  test('takes only voice for voice, whatever a request says of itself', async () => {
    const session = await begun()
    for (const source of ['voice', 'human', 3]) {
      const held = await take({ session_id: session, request_payload: { message: 'x', source } })
      await freeze(worker, held, said('x'))
      await complete(held)
    }
    expect((await transcript(owner, session)).map(row => row.source)).toEqual(['voice', 'text', 'text'])
  })

  test('is seen by who sees the session', async () => {
    const session = await begun()
    await append(owner, session, [hello])
    for (const person of ['owner', 'colleague', 'admin', 'stranger', 'exAdmin', 'platformAdmin'] as const)
      expect(await transcript(user(people[person]), session), person).toHaveLength(
        ['owner', 'admin', 'platformAdmin'].includes(person) ? 1 : 0,
      )
    await expect(transcript({ role: 'anon' }, session)).rejects.toMatchObject(DENIED)
  })

  test('shows messages of a scenario among the turns of a session, too', async () => {
    const { session_id } = await begin(owner, { scenario: 'retail' })
    await complete(await take({ session_id, request_payload: { message: 'Hi' } }))
    const [turn] = await as(sql, owner, tx => tx`select message, answer from public.agent_session_turns`)
    expect(only(turn)).toEqual({ message: 'Hi', answer: 'Hi.' })
    expect(await output(await take({ session_id }), 'load_scenario')).toMatchObject({ isNew: true })
  })
})
