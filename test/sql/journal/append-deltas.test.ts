import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, setScene, submitAndClaim } from '../arrange.ts'
import { appendDeltas, claimOne, settle, textDelta } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

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

  test('refuses an unknown kind', async () => {
    const held = await submitAndClaim(scene)
    const append = appendDeltas(worker, held, { seq: 1, kind: 'smell', step_key: 'model::1', data: {} })
    await expect(append).rejects.toMatchObject({ constraint_name: 'kind_is_known' })
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
