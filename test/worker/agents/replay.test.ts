import { describe, expect, it } from 'vitest'
import { intercept, outage, setScene } from '../arrange.ts'
import {
  ask,
  deltasOf,
  heirOf,
  openRoom,
  perform,
  roomWithBrain,
  roomWithProvider,
  stepsOf,
  take,
  takeOver,
  textOf,
} from './arrange.ts'
import { begin } from './provider.ts'

const scene = await setScene()
const QUESTION = 'What is (3 + 4) * 12?'

describe('a second attempt', () => {
  it('asks neither model nor tool again for what is journalled, and gives the same answer', async () => {
    const room = await roomWithBrain(scene)
    const { held, result } = await ask(scene, room, QUESTION)
    const calls = room.brain.calls()
    const steps = await stepsOf(scene, held.task)
    const again = await takeOver(scene, room, held)
    expect(again.task).toMatchObject({ life: 1, attempt: 2 })
    expect(await perform(room, again)).toEqual(result)
    expect(room.brain.calls()).toBe(calls)
    expect(await stepsOf(scene, held.task)).toEqual(steps)
    expect(room.told.of('toolCalled')).toHaveLength(1)
  })

  it('says nothing again that its readers have', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, QUESTION)
    const before = await deltasOf(scene, held.task)
    await perform(room, await takeOver(scene, room, held))
    const after = await deltasOf(scene, held.task)
    expect(after.slice(before.length).filter(each => each.kind !== 'agent')).toEqual([])
    expect(after.map(each => each.seq)).toEqual(after.map((_, n) => n + 1))
  })

  it('goes on after the last finished call', async () => {
    const dying = { down: false }
    const db = intercept(scene.connect(), {
      after: (name, { p_steps }) => {
        if (name === 'record_steps' && JSON.stringify(p_steps).includes('"done","output":"84"')) dying.down = true
      },
      before: () => dying.down && new Promise(() => undefined),
    })
    const room = await roomWithBrain(scene, { db })
    const held = await take(scene, room, { prompt: QUESTION })
    void perform(room, held).catch(() => undefined)
    await room.told.until('toolCalled').catch(() => undefined)
    held.stop('lost')

    const heir = heirOf(scene, room)
    const again = await takeOver(scene, heir, held)
    expect(await perform(heir, again)).toMatchObject({ response: { answer: 'The result is **84**.' } })
    const steps = await stepsOf(scene, held.task)
    expect(steps.map(step => [step.kind, step.attempt])).toEqual([
      ['model', 1],
      ['tool', 1],
      ['model', 2],
    ])
    const shown = (await deltasOf(scene, held.task)).filter(each => each.kind === 'step').map(each => each.data)
    expect(shown.filter(step => step.kind === 'tool').at(-1)).toMatchObject({ status: 'done', output: '84' })
  })

  it('withdraws text that was cut off and tells it anew', async () => {
    const cut = (response: Parameters<typeof begin>[0]) => begin(response, 'It sca', 'tters blu')
    const room = await roomWithProvider(scene, [cut, { text: 'The sky is blue.' }])
    const held = await take(scene, room, { prompt: 'Why?' })
    const first = perform(room, held)
    while (!textOf(await deltasOf(scene, held.task)).includes('It sca')) await new Promise(setImmediate)
    held.stop('lost')
    await first

    const again = await takeOver(scene, room, held)
    expect(await perform(room, again)).toMatchObject({ response: { answer: 'The sky is blue.' } })
    const deltas = await deltasOf(scene, held.task)
    expect(
      deltas.filter(each => ['text', 'reset'].includes(each.kind)).map(each => [each.kind, each.step_key]),
    ).toEqual([
      ['text', 'model::0'],
      ['reset', 'model::0'],
      ['text', 'model::0'],
    ])
    expect(textOf(deltas)).toBe('The sky is blue.')
  })

  it('in a new life starts over', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, QUESTION)
    await scene.sql`update public.agent_task_requests set status = 'cancelled' where id = ${held.task.id}`
    await scene.sql`update public.agent_task_requests set status = 'pending' where id = ${held.task.id}`
    const again = await takeOver(scene, room, held)
    expect(again.task).toMatchObject({ life: 2, attempt: 1 })
    await perform(room, again)
    expect(room.brain.calls()).toBe(4)
    const deltas = await deltasOf(scene, held.task, 2)
    expect(deltas[0]?.seq).toBe(1)
    expect(textOf(deltas)).toBe('The result is **84**.')
  })

  it('runs a tool again that was under way when its worker died', async () => {
    const room = await roomWithBrain(scene)
    const { held } = await ask(scene, room, QUESTION)
    await scene.sql.begin(async sql => {
      await sql`set local session_replication_role = replica`
      await sql`update public.agent_task_steps set status = 'started', output = null, finished_at = null
        where kind = 'tool'`
      await sql`delete from public.agent_task_steps where key = 'model::1'`
    })
    expect(await perform(room, await takeOver(scene, room, held))).toMatchObject({ kind: 'completed' })
    expect(room.told.of('toolCalled')).toHaveLength(2)
    const [, tool] = await stepsOf(scene, held.task)
    expect(tool).toMatchObject({ kind: 'tool', status: 'done', output: '84', attempt: 2 })
  })

  it('is not needed because the journal could not be read for a moment', async () => {
    let failed = 0
    const before = (name: string) => {
      if (name === 'load_journal' && ++failed === 1) throw outage()
    }
    const room = await roomWithBrain(scene, { db: intercept(scene.connect(), { before }) })
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ kind: 'completed' })
  })
})

describe('an attempt that has lost its lease', () => {
  it('writes nothing more, and does not begin', async () => {
    const room = await roomWithBrain(scene)
    const held = await take(scene, room, { prompt: QUESTION })
    const thief = await takeOver(scene, openRoom(scene, {}), held)
    await expect(perform(room, held)).rejects.toThrow()
    expect(held.stops).toContain('lost')
    expect(room.brain.calls()).toBe(0)
    expect(await deltasOf(scene, thief.task)).toEqual([])
  })
})
