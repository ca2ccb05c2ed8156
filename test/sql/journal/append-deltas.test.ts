import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, setScene, submit, submitAndClaim, whileWaiting } from '../arrange.ts'
import { appendAll, appendDeltas, claimOne, settle, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const two = await connect({ role: 'service_role' })

const deltas = () => sql`select life, seq, kind, step_key, data from public.agent_task_deltas order by life, seq`
const text = (seq: number, text: string, life = 1) => ({
  life,
  seq,
  kind: 'text',
  step_key: 'model::1',
  data: { text },
})

describe('worker.append_deltas', () => {
  test('appends in the order that the worker gives', async () => {
    const held = await submitAndClaim(scene)
    expect(await appendDeltas(worker, held, textDelta(1, 'The '), textDelta(2, 'sky'))).toBe('continue')
    expect(await appendDeltas(worker, held, textDelta(3, '.'))).toBe('continue')
    expect(await deltas()).toEqual([text(1, 'The '), text(2, 'sky'), text(3, '.')])
  })

  test('dates them by the clock of the queue', async () => {
    const held = await submitAndClaim(scene)
    await later(worker, '30 seconds')
    await appendDeltas(worker, held, textDelta(1))
    expect(await worker`select created_at = worker.now() as exact from public.agent_task_deltas`).toEqual([
      { exact: true },
    ])
  })

  test('changes nothing when the same batch is sent again', async () => {
    const held = await submitAndClaim(scene)
    await appendDeltas(worker, held, textDelta(1, 'The '), textDelta(2, 'sky'))
    expect(await appendDeltas(worker, held, textDelta(1, 'A '), textDelta(2, 'sky'), textDelta(3, '.'))).toBe(
      'continue',
    )
    expect(await deltas()).toEqual([text(1, 'The '), text(2, 'sky'), text(3, '.')])
  })

  test('counts anew in a new life', async () => {
    const old = await submitAndClaim(scene)
    await appendDeltas(worker, old, textDelta(1, 'old'))
    await edit(sql, old.task, { status: 'pending' })
    const young = await claimOne(worker)
    await appendDeltas(worker, young, textDelta(1, 'new'))
    expect(await deltas()).toEqual([text(1, 'old', 1), text(1, 'new', 2)])
  })

  test('appends though a cancel was requested, and says so', async () => {
    const held = await submitAndClaim(scene)
    await edit(sql, held.task, { cancel_requested_at: new Date() })
    expect(await appendDeltas(worker, held, textDelta(1))).toBe('cancel')
    expect(await deltas()).toHaveLength(1)
  })

  test('appends nothing without the lease', async () => {
    const id = await requestIn('processing', scene)
    expect(await appendDeltas(worker, { task: id, lease: crypto.randomUUID() }, textDelta(1))).toBe('lost')
    expect(await deltas()).toHaveLength(0)
  })

  test.each(['text', 'reset', 'step', 'agent', 'retry', 'asked'])('knows the kind %s', async kind => {
    const held = await submitAndClaim(scene)
    await appendDeltas(worker, held, { seq: 1, kind, step_key: 'model::1', data: {} })
    expect(await deltas()).toMatchObject([{ kind }])
  })

  test('refuses an unknown kind', async () => {
    const held = await submitAndClaim(scene)
    const append = appendDeltas(worker, held, { seq: 1, kind: 'smell', step_key: 'model::1', data: {} })
    await expect(append).rejects.toMatchObject({ constraint_name: 'kind_is_known' })
  })
})

describe('worker.append_deltas of many tasks', () => {
  const inOrder = () => sql`select task_id, seq, data ->> 'text' as text from public.agent_task_deltas order by text`

  test('appends to each its own', async () => {
    const [one, other] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const appended = await appendAll(
      worker,
      { ...one, deltas: [textDelta(1, 'a'), textDelta(2, 'b')] },
      { ...other, deltas: [textDelta(1, 'c')] },
    )
    expect(appended).toEqual(
      [one, other].map(({ lease }) => ({ lease_id: lease, verdict: 'continue', watched: false })),
    )
    expect(await inOrder()).toEqual([
      { task_id: one.task, seq: 1, text: 'a' },
      { task_id: one.task, seq: 2, text: 'b' },
      { task_id: other.task, seq: 1, text: 'c' },
    ])
  })

  test('tells each how it stands, and appends to those that hold their lease', async () => {
    const [kept, cancelled, edited, deleted] = [
      await submitAndClaim(scene),
      await submitAndClaim(scene),
      await submitAndClaim(scene),
      await submitAndClaim(scene),
    ]
    await edit(sql, cancelled.task, { cancel_requested_at: new Date() })
    await edit(sql, edited.task, { status: 'pending' })
    await sql`delete from public.agent_task_requests where id = ${deleted.task}`
    const foreign = { task: kept.task, lease: crypto.randomUUID() }
    const all = [kept, cancelled, edited, deleted, foreign]
    const appended = await appendAll(worker, ...all.map((held, n) => ({ ...held, deltas: [textDelta(n + 1)] })))
    expect(appended.map(each => each.verdict)).toEqual(['continue', 'cancel', 'lost', 'lost', 'lost'])
    expect(await sql`select task_id, seq from public.agent_task_deltas order by seq`).toEqual([
      { task_id: kept.task, seq: 1 },
      { task_id: cancelled.task, seq: 2 },
    ])
  })

  test('takes none, and a batch without deltas', async () => {
    expect(await appendAll(worker)).toEqual([])
    const held = await submitAndClaim(scene)
    expect(await appendAll(worker, { ...held, deltas: [] })).toMatchObject([{ verdict: 'continue' }])
  })

  test('appends nothing when one delta is malformed, so that the worker sends them one by one', async () => {
    const [one, other] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const bad = { seq: 1, kind: 'smell', step_key: 'model::1', data: {} }
    const append = appendAll(worker, { ...one, deltas: [textDelta(1)] }, { ...other, deltas: [bad] })
    await expect(append).rejects.toMatchObject({ constraint_name: 'kind_is_known' })
    expect(await inOrder()).toEqual([])
  })

  test('by two workers at once, in whatever order, holds up neither', async () => {
    const [one, other] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const batch = (seq: number, ...all: (typeof one)[]) => all.map(held => ({ ...held, deltas: [textDelta(seq)] }))
    await worker`begin`
    await appendAll(worker, ...batch(1, one, other))
    expect(await appendAll(two, ...batch(2, other, one))).toMatchObject([
      { verdict: 'continue' },
      { verdict: 'continue' },
    ])
    await worker`commit`
    expect(await inOrder()).toHaveLength(4)
  })

  test('that are repeated while the first call is at work are there once', async () => {
    const [one, other] = [await submitAndClaim(scene), await submitAndClaim(scene)]
    const batch = (...all: (typeof one)[]) => all.map(held => ({ ...held, deltas: [textDelta(1), textDelta(2)] }))
    await worker`begin`
    await appendAll(worker, ...batch(one, other))
    const again = appendAll(two, ...batch(other, one))
    await whileWaiting(sql, again, () => worker`commit`)
    expect(await inOrder()).toHaveLength(4)
  })

  test('by two workers that repeat each other’s in another order never come to a deadlock', async () => {
    for (let n = 0; n < 10; n++) await submit(sql)
    const all = await worker<{ task: string; lease: string }[]>`
      select task_id as task, lease_id as lease from worker.claim(gen_random_uuid(), 10, 60, null)`
    const batch = (order: typeof all | (typeof all)[number][], seq: number) =>
      order.map(held => ({ ...held, deltas: [textDelta(seq), textDelta(seq + 1)] }))
    for (let seq = 1; seq <= 40; seq += 2)
      await Promise.all([appendAll(worker, ...batch(all, seq)), appendAll(two, ...batch([...all].reverse(), seq))])
    expect(await inOrder()).toHaveLength(400)
  })

  test('keep a task from ending until they are there', async () => {
    const held = await submitAndClaim(scene)
    await worker`begin`
    await appendAll(worker, { ...held, deltas: [textDelta(1)] })
    const [[status]] = await whileWaiting(sql, settle(two, { ...held, outcome: 'completed' }), () => worker`commit`)
    expect(status).toBe('completed')
    expect(await inOrder()).toHaveLength(1)
  })
})

describe('worker.prune', () => {
  const prune = async (limit = 100) => (await worker`select worker.prune(${limit}) as pruned`)[0]?.pruned

  /** A completed task with two deltas. */
  async function ended() {
    const held = await submitAndClaim(scene)
    await appendDeltas(worker, held, textDelta(1), textDelta(2))
    await settle(worker, { ...held, outcome: 'completed' })
    return held
  }

  test('removes the stream of tasks that ended more than an hour ago', async () => {
    await ended()
    await later(worker, '61 minutes')
    expect(await prune()).toBe(2)
    expect(await deltas()).toHaveLength(0)
  })

  test('keeps the stream of tasks that ended just now', async () => {
    await ended()
    await later(worker, '59 minutes')
    expect(await prune()).toBe(0)
    expect(await deltas()).toHaveLength(2)
  })

  test('keeps the stream of tasks that run, however old', async () => {
    await appendDeltas(worker, await submitAndClaim(scene), textDelta(1))
    await later(worker, '2 days')
    expect(await prune()).toBe(0)
  })

  test('keeps requests and journal', async () => {
    await ended()
    await later(worker, '2 days')
    await prune()
    expect(await sql`select from public.agent_task_requests`).toHaveLength(1)
  })

  test('removes no more than the limit', async () => {
    await ended()
    await later(worker, '61 minutes')
    expect([await prune(1), await prune(1), await prune(1)]).toEqual([1, 1, 0])
  })

  test('forgets workers that were not seen for a day', async () => {
    await worker`select worker.beat(gen_random_uuid(), 'old', '1', 'postgres', '{}', '{}', 60)`
    await later(worker, '25 hours')
    await worker`select worker.beat(gen_random_uuid(), 'young', '1', 'postgres', '{}', '{}', 60)`
    await prune()
    expect(await sql`select host from worker.workers`).toEqual([{ host: 'young' }])
  })
})
