import { describe, expect, it } from 'vitest'
import type { Delta } from '../../../shared/deltas.ts'
import { openContext } from '../../../worker/agents/context.ts'
import { createDeltaWriter } from '../../../worker/agents/delta-writer.ts'
import { DatabaseError } from '../../../worker/db.ts'
import { intercept, outage, setScene } from '../arrange.ts'
import { deltasOf, openRoom, takeOver } from './arrange.ts'
import { takeOne } from './run-with.ts'

const scene = await setScene()

const never = () => false
const text = (seq: number, said = 'Hi.'): Delta => ({ seq, kind: 'text', step_key: 'model::0', data: { text: said } })

/** A writer, and how many tasks each of its calls was of. */
function writerOf(before: (sizes: number[]) => unknown = () => undefined) {
  const sizes: number[] = []
  const db = intercept(scene.connect(), {
    before: (name, { p_tasks }) => {
      if (name !== 'append_deltas') return undefined
      sizes.push((p_tasks as string[]).length)
      return before(sizes)
    },
  })
  const room = openRoom(scene, { db })
  return { room, sizes, writer: createDeltaWriter(db, room.telemetry) }
}

describe('the deltas of several tasks', () => {
  it('go together: what becomes ready at once, and what comes while a write is under way', async () => {
    const first = Promise.withResolvers<void>()
    const { room, sizes, writer } = writerOf(all => (all.length === 1 ? first.promise : undefined))
    const helds = [await takeOne(scene, room), await takeOne(scene, room), await takeOne(scene, room)]
    const writes = helds.map(({ task }) => writer.append(task, [text(1)], never))
    await new Promise(setImmediate)
    writes.push(...helds.map(({ task }) => writer.append(task, [text(2)], never)))
    first.resolve()
    expect(new Set((await Promise.all(writes)).map(({ verdict }) => verdict))).toEqual(new Set(['continue']))
    expect(sizes).toEqual([3, 3])
    for (const { task } of helds) expect((await deltasOf(scene, task)).map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('are told apart by their leases: one that is lost is told so, and the others go on', async () => {
    const { room, writer } = writerOf()
    const [lost, kept] = [await takeOne(scene, room), await takeOne(scene, room)]
    const thief = await takeOver(scene, room, lost)
    const verdicts = await Promise.all([lost, kept].map(({ task }) => writer.append(task, [text(1)], never)))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['lost', 'continue'])
    expect(await deltasOf(scene, thief.task)).toEqual([])
    expect(await deltasOf(scene, kept.task)).toHaveLength(1)
  })

  it('that the database refuses do not take those of others with them', async () => {
    const { room, writer } = writerOf()
    const [bad, good] = [await takeOne(scene, room), await takeOne(scene, room)]
    const nonsense = { ...text(1), kind: 'nonsense' } as unknown as Delta
    const [refused, written] = await Promise.allSettled([
      writer.append(bad.task, [nonsense], never),
      writer.append(good.task, [text(1)], never),
    ])
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(DatabaseError) })
    expect(written).toMatchObject({ status: 'fulfilled', value: { verdict: 'continue' } })
    expect(await deltasOf(scene, good.task)).toHaveLength(1)
    expect(await deltasOf(scene, bad.task)).toEqual([])
  })

  it('are written again after an outage, without a double', async () => {
    let failures = 1
    const { room, writer } = writerOf(() => {
      if (failures-- > 0) throw outage()
    })
    const { task } = await takeOne(scene, room)
    expect(await writer.append(task, [text(1)], never)).toMatchObject({ verdict: 'continue' })
    expect(await writer.append(task, [text(1), text(2)], never)).toMatchObject({ verdict: 'continue' })
    expect((await deltasOf(scene, task)).map(({ seq }) => seq)).toEqual([1, 2])
  })
})

describe('a broadcast', () => {
  it.each([
    ['is sent', 'while somebody watches', true],
    ['is not sent', 'when nobody watches', false],
    ['is not sent', 'when whoever watched has gone', 'gone'],
  ])('%s %s', async (_, __, watching) => {
    const room = openRoom(scene, {})
    const held = await takeOne(scene, room)
    if (watching) await scene.sql`select public.watch_agent_task(${held.task.id})`
    if (watching === 'gone') await scene.sql`update worker.watchers set until = now() - interval '1 second'`

    const { stream } = await openContext(room, held.task, held)
    stream.text('model::0', 'Hi.')
    await stream.close()
    expect(await deltasOf(scene, held.task)).toHaveLength(1)
    expect(room.sent).toHaveLength(watching === true ? 1 : 0)
  })
})
