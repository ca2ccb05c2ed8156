import { describe, expect, it } from 'vitest'
import { expireLease, intercept, rowOf, rowWhen, setScene, submit, waitFor } from '../arrange.ts'
import { createPerformer, done, hire } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

/** A worker that has frozen: it takes one task and neither beats nor reaps from then on. */
async function frozenWorker() {
  const performer = createPerformer({ obeys: false })
  const worker = await hire(scene, performer, { concurrency: 1 })
  return { worker, attempt: await performer.nth(1) }
}

describe('a task whose worker is gone', () => {
  it('is taken over, and the dead attempt can no longer write', async () => {
    const id = await submit(sql)
    const { worker, attempt } = await frozenWorker()
    await expireLease(sql, id)
    const heir = createPerformer()
    const second = await hire(scene, heir, { reapSeconds: 0.05 })
    expect((await heir.nth(1)).task).toMatchObject({ id, life: 1, attempt: 2 })
    expect((await second.told.until('tasksReaped'))[0]).toEqual([
      { task_id: id, status: 'pending', correlation_id: null },
    ])

    attempt.end({ kind: 'completed', response: { answer: 'too late' } })
    expect(await worker.told.until('taskSettled')).toMatchObject([{ id }, 'lost', expect.any(Number), undefined])
    expect(await rowOf(sql, id)).toMatchObject({ status: 'processing', response_payload: null })

    heir.begun[0]?.end(done)
    expect(await rowWhen(sql, id, 'completed')).toMatchObject({
      response_payload: done.kind === 'completed' && done.response,
    })
  })

  it('is given up when it has stopped its worker three times', async () => {
    const id = await submit(sql)
    await sql`update public.agent_task_requests set crash_count = 2 where id = ${id}`
    await frozenWorker()
    await expireLease(sql, id)
    await hire(scene, createPerformer(), { reapSeconds: 0.05 })
    expect((await rowWhen(sql, id, 'failed')).error).toMatchObject({ code: 'worker_lost' })
  })
})

describe('a task that is reset by hand', () => {
  it('is told to stop by the beat, and runs again as a new life', async () => {
    const performer = createPerformer()
    const id = await submit(sql)
    const worker = await hire(scene, performer, { leaseSeconds: 1 })
    const first = await performer.nth(1)
    await sql`update public.agent_task_requests set status = 'pending' where id = ${id}`
    const second = await performer.nth(2)
    expect(second.task).toMatchObject({ id, life: 2, attempt: 1 })
    await waitFor('the end of the first', () => first.signal.aborted)
    expect(second.signal.aborted).toBe(false)
    expect(await worker.told.until('taskSettled')).toMatchObject([
      { id, life: 1 },
      'lost',
      expect.any(Number),
      undefined,
    ])
    second.end(done)
    await rowWhen(sql, id, 'completed')
  })
})

describe('a beat', () => {
  it('on its way while its task is settled and taken again does not stop the new attempt', async () => {
    const performer = createPerformer()
    const release = Promise.withResolvers<void>()
    const sent = Promise.withResolvers<void>()
    let held = false
    // The database has answered "lost" for the old lease, but the answer arrives only now.
    const db = intercept(scene.connect(), {
      before: async (name, args) => {
        if (name !== 'beat' || held || (args.p_tasks as string[]).length === 0) return
        held = true
        sent.resolve()
        await release.promise
      },
    })
    const id = await submit(sql)
    await hire(scene, performer, { db, leaseSeconds: 1, concurrency: 2 })
    const first = await performer.nth(1)
    await sent.promise
    first.end({ kind: 'retry', error: { code: 'x', message: 'x', retryable: true } })
    await rowWhen(sql, id, 'scheduled')
    await sql`update public.agent_task_requests set status = 'pending' where id = ${id}`
    const second = await performer.nth(2)
    release.resolve()
    second.end(done)
    await rowWhen(sql, id, 'completed')
  })
})
