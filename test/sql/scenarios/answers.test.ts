import { describe, expect, test } from 'vitest'
import { setScene, user, whileWaiting } from '../arrange.ts'
import { freeze, itemsOf, noteTurn, said, say } from '../sessions/arrange.ts'
import { claimOne } from '../verbs.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { people, owner, begun, take, complete, escalate, run, taken } = await setScenarios(scene)
const admin = user(people.admin)
const BUSY = { code: 'PT409' }

describe('answer_escalation', () => {
  const answer = (text: string) => ({
    ...{ type: 'message', role: 'assistant', status: 'completed' },
    content: [{ type: 'output_text', text }],
  })

  test('adds what the person says to the conversation, for the next turn to hear', async () => {
    const { session, id } = await taken()
    await run('answer_escalation', admin, id, ' I will call you. ')
    expect(await itemsOf(sql, session)).toEqual([answer('I will call you.')])
    expect(await sql`select source, author_id, task_id from public.agent_session_items`).toEqual([
      { source: 'human', author_id: people.admin, task_id: null },
    ])
    const { items } = await freeze(worker, await take({ session_id: session }), said('Thanks'))
    expect(items).toEqual([answer('I will call you.'), said('Thanks')])
  })

  test('tells whoever hears of the session', async () => {
    const { session, id } = await taken()
    const before = await sql`select updated_at from public.agent_sessions where id = ${session}`
    await run('answer_escalation', admin, id)
    const after = await sql`select updated_at from public.agent_sessions where id = ${session}`
    expect(after[0]?.updated_at > before[0]?.updated_at).toBe(true)
  })

  test('is refused before it is taken, and while a turn is under way or waits', async () => {
    const session = await begun()
    const id = await escalate(session)
    await expect(run('answer_escalation', admin, id)).rejects.toMatchObject({ ...BUSY, hint: 'Take it first.' })
    await run('take_escalation', admin, id)
    await say(sql, owner, session, { enterprise_id: people.acme })
    await expect(run('answer_escalation', admin, id)).rejects.toMatchObject(BUSY)
    const held = await claimOne(worker)
    await expect(run('answer_escalation', admin, id)).rejects.toMatchObject(BUSY)
    await complete(held)
    await run('answer_escalation', admin, id)
  })

  test.each(['', '  ', 'x'.repeat(8001)])('refuses an empty or endless text', async text => {
    const { id } = await taken()
    await expect(run('answer_escalation', admin, id, text)).rejects.toMatchObject({ code: '22023' })
  })

  test('and a turn that begins meanwhile take turns', async () => {
    const { session, id } = await taken()
    const person = await connect()
    await person`begin`
    await person`select set_config('request.jwt.claims', ${JSON.stringify({ sub: people.admin, role: 'authenticated' })}, true)`
    await person`select public.answer_escalation(${id}, 'First.')`
    await whileWaiting(sql, say(sql, owner, session, { enterprise_id: people.acme }), () => person`commit`)
    const held = await claimOne(worker)
    await freeze(worker, held, said('Then'))
    await noteTurn(worker, held, { items: [answer('Last.')] })
    await complete(held)
    expect(await itemsOf(sql, session)).toEqual([answer('First.'), said('Then'), answer('Last.')])
  })

  test('waits for who submits, and is refused then', async () => {
    const { session, id } = await taken()
    const submitter = await connect()
    await submitter`begin`
    await submitter`insert into public.agent_task_requests (user_id, enterprise_id, session_id, kind)
      values (${people.owner}, ${people.acme}, ${session}, 'scenario')`
    const waiting = expect(run('answer_escalation', admin, id)).rejects.toMatchObject(BUSY)
    await whileWaiting(sql, waiting, () => submitter`commit`)
  })
})
