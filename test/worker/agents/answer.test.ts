import { describe, expect, it } from 'vitest'
import { delta, deltasMessage } from '../../../shared/deltas.ts'
import { addUser } from '../../support/roles.ts'
import { setScene, submit } from '../arrange.ts'
import { ask, deltasOf, perform, roomWithBrain, roomWithProvider, stepsOf, take, takeOver, textOf } from './arrange.ts'

const scene = await setScene()

describe('an answer', () => {
  it('streams as deltas without a gap and ends equal to their text', async () => {
    const room = await roomWithBrain(scene)
    const { held, result } = await ask(scene, room, 'Explain how this works')
    const deltas = await deltasOf(scene, held.task)
    expect(deltas.map(each => each.seq)).toEqual(deltas.map((_, n) => n + 1))
    for (const each of deltas) delta.parse(each)
    expect(result).toEqual({ kind: 'completed', response: { answer: textOf(deltas) } })
    expect(textOf(deltas)).toContain('One row, one worker')
  })

  it('is broadcast to those who watch, as it is stored', async () => {
    const room = await roomWithBrain(scene)
    const held = await take(scene, room, { prompt: 'Explain how this works' })
    await scene.sql`insert into worker.watchers values (${held.task.id}, now() + interval '1 minute')`
    await perform(room, held)
    const messages = room.sent.map(each => deltasMessage.parse(each.payload))
    expect(new Set(room.sent.map(each => each.topic))).toEqual(new Set([`task:${held.task.id}`]))
    expect(messages.flatMap(each => each.deltas)).toEqual(await deltasOf(scene, held.task))
    expect(messages[0]).toMatchObject({ task_id: held.task.id, life: 1 })
  })

  it('is not broadcast while nobody watches', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, 'Explain how this works')
    expect(room.sent).toEqual([])
    expect(textOf(await deltasOf(scene, held.task))).toContain('One row, one worker')
  })

  it('journals the model call with its usage', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, 'Hello')
    expect(await stepsOf(scene, held.task)).toMatchObject([
      {
        key: 'model::0',
        kind: 'model',
        agent: 'Assistant',
        name: 'gpt-test',
        status: 'done',
        life: 1,
        attempt: 1,
        input: { tools: ['current_time', 'calculate', 'recent_tasks'] },
        usage: { requests: 1, inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      },
    ])
    expect(room.told.of('modelCalled')).toMatchObject([
      [{ id: held.task.id }, { model: 'gpt-test', agent: 'Assistant', usage: { outputTokens: expect.any(Number) } }],
    ])
  })

  it('with a tool journals and streams the call from its start to its end', async () => {
    const room = await roomWithBrain(scene)
    const { held, result } = await ask(scene, room, 'What is (3 + 4) * 12?')
    expect(result).toEqual({ kind: 'completed', response: { answer: 'The result is **84**.' } })
    const [, tool] = await stepsOf(scene, held.task)
    expect(tool).toMatchObject({ kind: 'tool', name: 'calculate', status: 'done', output: '84' })
    expect(tool?.input).toEqual({ expression: '(3 + 4) * 12' })
    const steps = (await deltasOf(scene, held.task)).filter(each => each.kind === 'step').map(each => each.data)
    expect(steps).toMatchObject([
      { key: 'model::0', kind: 'model', agent: 'Assistant', name: 'gpt-test', status: 'done' },
      {
        key: tool?.key,
        agent: 'Assistant',
        name: 'calculate',
        status: 'started',
        input: { expression: '(3 + 4) * 12' },
      },
      { key: tool?.key, agent: 'Assistant', name: 'calculate', status: 'done', output: '84' },
      { key: 'model::1', kind: 'model', usage: { requests: 1 }, cost: null },
    ])
    expect(room.brain.calls()).toBe(2)
  })

  it('begins with who is at work', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, 'Hello')
    expect((await deltasOf(scene, held.task))[0]).toMatchObject({ kind: 'agent', data: { name: 'Assistant' } })
  })

  it('reads the tasks of its own user and of nobody else', async () => {
    const room = await roomWithBrain(scene)
    const [own, other] = [await addUser(scene.sql, 'own@x.test'), await addUser(scene.sql, 'other@x.test')]
    const later = { run_at: new Date(Date.now() + 3_600_000) }
    await submit(scene.sql, { user_id: own, request_payload: { prompt: 'MINE' }, ...later })
    await submit(scene.sql, { user_id: other, request_payload: { prompt: 'THEIRS' }, ...later })
    const { result } = await ask(scene, room, 'What did I ask before?', { user_id: own })
    expect(JSON.stringify(result)).toContain('MINE')
    expect(JSON.stringify(result)).not.toContain('THEIRS')
  })

  it('sends neither traces nor anything to be stored at the provider', async () => {
    const room = await roomWithProvider(scene, [{ text: 'Hi.' }])
    await ask(scene, room, 'Hello')
    expect(room.provider.calls).toMatchObject([{ model: 'gpt-test', store: false, stream: true }])
  })

  it('keeps what a database cannot store out of stream, journal and row', async () => {
    const args = JSON.stringify({ expression: '1+1', 'a\0b': 1 })
    const room = await roomWithProvider(scene, [
      { calls: [{ name: 'calculate', args }] },
      { text: 'nul \0 and \ud83d half' },
    ])
    const { held, result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ kind: 'completed' })
    expect(textOf(await deltasOf(scene, held.task))).toBe('nul  and \ufffd half')
  })

  it('works with providers that speak Chat Completions alone', async () => {
    const room = await roomWithBrain(scene, { api: 'chat' })
    const { held, result } = await ask(scene, room, 'What is 2 + 3?')
    expect(result).toEqual({ kind: 'completed', response: { answer: 'The result is **5**.' } })
    expect(await stepsOf(scene, held.task)).toHaveLength(3)
  })

  it('of a provider that repeats its call ids runs each call', async () => {
    const call = (expression: string) => ({ name: 'calculate', args: JSON.stringify({ expression }), id: 'call_0' })
    const parallel = ['5 + 5', '6 + 6', '7 + 7'].map(call)
    const answers = [{ calls: [call('1 + 1')] }, { calls: [call('2 + 3')] }, { calls: parallel }, { text: 'Done.' }]
    const room = await roomWithProvider(scene, answers)
    const held = await take(scene, room, { prompt: 'Often' })
    const outcome = await perform(room, held)
    const outputs = (await stepsOf(scene, held.task)).filter(step => step.kind === 'tool').map(step => step.output)
    expect(outputs.sort()).toEqual(['10', '12', '14', '2', '5'])
    expect(await perform(room, await takeOver(scene, room, held))).toEqual(outcome)
    expect(room.provider.calls).toHaveLength(4)
  })
})
