import { describe, expect, it } from 'vitest'
import { handoff, say } from '../../../supabase/local/brain/script.ts'
import type { TaskContext } from '../../../worker/agents/context.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { addUser } from '../../support/roles.ts'
import { only, setScene } from '../arrange.ts'
import { stepsOf, take, takeOver } from './arrange.ts'
import { agentOf, attempt, die, roomWithScripts } from './run-with.ts'

const scene = await setScene()
const { sql } = scene
const user = await addUser(sql, 'talker@liverow.test')

async function openSession(): Promise<string> {
  const [session] = await sql<
    { id: string }[]
  >`insert into public.agent_sessions (user_id) values (${user}) returning id`
  return only(session).id
}

/** What has been said, as texts. */
async function saidIn(session: string): Promise<string[]> {
  const rows = await sql`select kind, item from public.agent_session_items where session_id = ${session} order by seq`
  return rows.map(({ kind, item }) => {
    const { content, role, type } = item
    const text = typeof content === 'string' ? content : (content?.[0]?.text ?? type)
    return `${kind === 'summary' ? 'summary ' : ''}${role ?? 'agents'}: ${String(text).slice(0, 60)}`
  })
}

const echo = {
  Tester: (act: { said: { prompts: string[]; answers: string[] }; prompt: string }) =>
    say(
      `${act.prompt} after ${JSON.stringify([...act.said.prompts, ...act.said.answers].map(text => text.slice(0, 30)))}`,
    ),
}

const turn = (prompt: string) => (context: TaskContext) => runAgent(context, agentOf({}), prompt, { isTurn: true })

const inSession = (session: string) => ({ session_id: session, user_id: user })

describe('a task of a session', () => {
  it('hears what was said before, and adds to it', async () => {
    const room = await roomWithScripts(scene, echo)
    const session = await openSession()
    await attempt(room, await take(scene, room, {}, inSession(session)), turn('one'))
    const ending = await attempt(room, await take(scene, room, {}, inSession(session)), turn('two'))
    expect(ending.answer).toBe('two after ["one","one after []"]')
    expect(await saidIn(session)).toEqual([
      'user: one',
      'assistant: one after []',
      'user: two',
      `assistant: ${ending.answer}`,
    ])
  })

  it('asks the same in each attempt, whatever has been said since', async () => {
    const room = await roomWithScripts(scene, echo)
    const session = await openSession()
    const held = await take(scene, room, {}, inSession(session))
    const frozen = Promise.withResolvers<void>()
    await die(
      room,
      held,
      async context => {
        await context.store.freezeHistory([{ role: 'user', content: 'one' }])
        frozen.resolve()
      },
      frozen.promise,
    )
    await sql`insert into public.agent_session_items (session_id, seq, kind, item, created_at)
      values (${session}, 1, 'item', ${sql.json({ role: 'user', content: 'late' })}, now())`
    const ending = await attempt(room, await takeOver(scene, room, held), turn('another'))
    expect(ending.answer).toBe('one after []')
  })

  it('keeps of a cancelled turn what was asked and what there is of an answer', async () => {
    const room = await roomWithScripts(scene, echo)
    const session = await openSession()
    const held = await take(scene, room, {}, inSession(session))
    const ending = await attempt(room, held, async context => {
      const answer = await turn('one')(context)
      await sql`select public.cancel_agent_task(${held.task.id})`
      held.stop('cancel')
      context.signal.throwIfAborted()
      return answer
    })
    expect(ending.status).toBe('cancelled')
    expect(await saidIn(session)).toEqual(['user: one', 'assistant: one after []'])
    const [, item] = await sql`select item from public.agent_session_items where session_id = ${session} order by seq`
    expect(item?.item.status).toBe('incomplete')
    const next = await attempt(room, await take(scene, room, {}, inSession(session)), turn('two'))
    expect(next.answer).toBe('two after ["one","one after []"]')
  })

  it('may be handed over in each turn, and the next hears all of it', async () => {
    const room = await roomWithScripts(scene, {
      Tester: act => (act.turn === 0 ? handoff('Back') : say('never')),
      Back: act => say(`${act.prompt} heard ${act.said.prompts}`),
    })
    const session = await openSession()
    const cast = () => agentOf({ handoffs: [agentOf({ name: 'Back' })] })
    const run = (prompt: string) => (context: TaskContext) => runAgent(context, cast(), prompt, { isTurn: true })
    await attempt(room, await take(scene, room, {}, inSession(session)), run('one'))
    const ending = await attempt(room, await take(scene, room, {}, inSession(session)), run('two'))
    expect(ending.answer).toBe('two heard one')
    expect(await saidIn(session)).toEqual([
      ...['user: one', 'agents: function_call', 'agents: function_call_result', 'assistant: one heard '],
      ...['user: two', 'agents: function_call', 'agents: function_call_result', 'assistant: two heard one'],
    ])
  })

  it('has a history that is too long summed up, once, and those after it hear the summary', async () => {
    const room = await roomWithScripts(scene, {
      ...echo,
    })
    const session = await openSession()
    await sql`insert into public.agent_session_items (session_id, seq, kind, item, created_at)
      values (${session}, 1, 'item', ${sql.json({ role: 'user', content: 'x'.repeat(210_000) })}, now())`
    const held = await take(scene, room, {}, inSession(session))
    const finished = Promise.withResolvers<string>()
    await die(room, held, async context => finished.resolve(await turn('two')(context)), finished.promise)
    const ending = await attempt(room, await takeOver(scene, room, held), turn('two'))
    expect(ending.answer).toBe('two after ["<summary_of_the_conversation_s"]')
    expect(room.brain.calls()).toBe(2)
    const models = (await stepsOf(scene, held.task)).filter(({ kind }) => kind === 'model')
    expect(models.map(({ key, agent }) => [key, agent])).toEqual([
      ['model:summary:0', 'Summary'],
      ['model::0', 'Tester'],
    ])
    expect((await saidIn(session)).at(-1)).toMatch(/^summary user: <summary_of/)
    const next = await attempt(room, await take(scene, room, {}, inSession(session)), turn('three'))
    expect(next.answer).toMatch(/^three after \["<summary_of_the_conversation_s","two","two after \[/)
    expect(room.brain.calls()).toBe(3)
  })
})
