import { describe, expect, test } from 'vitest'
import { edit, later, request, setScene, submit, submitAndClaim, whileWaiting } from '../arrange.ts'
import { appendDeltas, beat, claim, claimOne, reap, recordSteps, settle, step, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const [one, two] = [await scene.connect({ role: 'service_role' }), await scene.connect({ role: 'service_role' })]
const byHand = await scene.connect()

const OTHER_WORKER = '00000000-0000-4000-8000-00000000000b'

/** Two claimed requests, the lower id first. */
async function pair() {
  const held = [await submitAndClaim(scene), await submitAndClaim(scene)]
  const [low, high] = held.sort((a, b) => (a.task < b.task ? -1 : 1))
  if (!low || !high) throw new Error('Two were expected.')
  return { low, high }
}

describe('the order of locks', () => {
  test('lets two sessions settle the same requests in opposite order', async () => {
    const { low, high } = await pair()
    await one`begin`
    await settle(one, { ...low, outcome: 'completed' })
    const late = settle(two, { ...high, outcome: 'failed' }, { ...low, outcome: 'failed' })
    const statuses = await whileWaiting(sql, late, async () => {
      const settled = await settle(one, { ...high, outcome: 'completed' })
      await one`commit`
      return settled
    })
    expect(statuses).toEqual([['lost', 'lost'], ['completed']])
  })

  test.each(['low first', 'high first'])('lets a beat pass a settling batch, the next one tells: %s', async order => {
    const { low, high } = await pair()
    const held = order === 'low first' ? [low, high] : [high, low]
    await one`begin`
    await settle(one, { ...low, outcome: 'completed' })
    expect(await beat(two, held)).toEqual(['ok', 'ok'])
    expect(await settle(one, { ...high, outcome: 'completed' })).toEqual(['completed'])
    await one`commit`
    expect(await beat(two, held)).toEqual(['lost', 'lost'])
  })

  test('lets a beat that is under way keep neither a settle nor another beat from its end', async () => {
    const { low, high } = await pair()
    await one`begin`
    await beat(one, [high, low], 60, OTHER_WORKER)
    expect(await beat(two, [low, high])).toEqual(['ok', 'ok'])
    const [statuses] = await whileWaiting(sql, settle(two, { ...low, outcome: 'completed' }), () => one`commit`)
    expect(statuses).toEqual(['completed'])
  })

  test('never lets what an attempt writes come into the life after it', async () => {
    const held = await submitAndClaim(scene)
    await one`begin`
    await appendDeltas(one, held, textDelta(1))
    await whileWaiting(sql, edit(byHand, held.task, { status: 'pending' }), () => one`commit`)
    expect(await sql`select life from public.agent_task_deltas`).toEqual([{ life: 1 }])
    expect(await request(sql, held.task)).toMatchObject({ life: 2 })
  })

  test('lets an attempt append to its stream while it is settled', async () => {
    const held = await submitAndClaim(scene)
    await one`begin`
    await one`select private.hold(${held.task}, ${held.lease})`
    const results = await whileWaiting(sql, settle(two, { ...held, outcome: 'completed' }), async () => {
      const verdict = await appendDeltas(one, held, textDelta(1))
      await one`commit`
      return verdict
    })
    expect(results).toEqual([['completed'], 'continue'])
  })

  test('lets an attempt journal a step while it is reaped', async () => {
    const held = await submitAndClaim(scene)
    await later(two, '2 minutes')
    await one`begin`
    await one`select private.hold(${held.task}, ${held.lease})`
    const results = await whileWaiting(sql, reap(two), async () => {
      const verdict = await recordSteps(one, held, step('model::1'))
      await one`commit`
      return verdict
    })
    expect(results).toEqual([[{ task_id: held.task, status: 'pending' }], 'continue'])
    expect(await recordSteps(worker, held, step('model::2'))).toBe('lost')
  })

  test('lets an attempt append to its stream while it is reset by hand', async () => {
    const held = await submitAndClaim(scene)
    await one`begin`
    await one`select private.hold(${held.task}, ${held.lease})`
    const [, verdict] = await whileWaiting(sql, edit(sql, held.task, { status: 'pending' }), async () => {
      const verdict = await appendDeltas(one, held, textDelta(1))
      await one`commit`
      return verdict
    })
    expect(verdict).toBe('continue')
    expect(await sql`select life from public.agent_task_deltas`).toEqual([{ life: 1 }])
  })

  test('makes an append wait for a reset by hand, and then lose', async () => {
    const held = await submitAndClaim(scene)
    await byHand`begin`
    await edit(byHand, held.task, { status: 'pending' })
    const [verdict] = await whileWaiting(sql, appendDeltas(two, held, textDelta(1)), () => byHand`commit`)
    expect(verdict).toBe('lost')
    expect(await sql`select from public.agent_task_deltas`).toHaveLength(0)
  })

  test('lets an attempt beat while it appends to its stream', async () => {
    const held = await submitAndClaim(scene)
    await one`begin`
    await appendDeltas(one, held, textDelta(1))
    const verdicts = await beat(two, [held])
    await one`commit`
    expect(verdicts).toEqual(['ok'])
  })

  test('makes an edit by hand wait for a claim, and then fence it off', async () => {
    const task = await submit(sql)
    await one`begin`
    const held = await claimOne(one)
    await whileWaiting(sql, edit(byHand, task, { status: 'pending' }), () => one`commit`)
    expect(await request(sql, task)).toMatchObject({ status: 'pending', life: 2, attempt: 0 })
    expect(await beat(worker, [held])).toEqual(['lost'])
  })

  test('makes a claim pass over what is just edited by hand', async () => {
    const task = await submit(sql)
    await byHand`begin`
    await edit(byHand, task, { status: 'cancelled' })
    const claimed = await claim(worker)
    await byHand`commit`
    expect(claimed).toEqual([])
  })
})
