import { describe, expect, it } from 'vitest'
import { intercept, rowOf, rowWhen, setScene, submit, waitFor } from '../arrange.ts'
import { createPerformer, done, hire, isIdle } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

describe('a worker that is told to stop', () => {
  it('takes nothing more and lets what runs end', async () => {
    const performer = createPerformer()
    const running = await submit(sql)
    const worker = await hire(scene, performer)
    const attempt = await performer.nth(1)
    await isIdle(scene, worker)
    const stopped = worker.stop()
    expect(worker.isReady()).toBe(false)
    const late = await submit(sql)
    expect(attempt.signal.aborted).toBe(false)
    attempt.end(done)
    await stopped
    expect(await rowOf(sql, running)).toMatchObject({ status: 'completed' })
    expect(await rowOf(sql, late)).toMatchObject({ status: 'pending', attempt: 0 })
    expect(worker.told.of('workerStopping')).toEqual([[1, 30]])
    expect(worker.told.of('workerOffline')).toHaveLength(1)
  })

  it('gives back what does not end in time, its attempt not spent', async () => {
    const performer = createPerformer({ partial: { answer: 'It sca' } })
    const id = await submit(sql)
    const worker = await hire(scene, performer, { drainSeconds: 0.05 })
    await performer.nth(1)
    await worker.stop()
    expect(await rowOf(sql, id)).toMatchObject({ status: 'pending', attempt: 0, life: 1, response_payload: null })
    expect(worker.told.of('taskStopped')).toMatchObject([[{ id }, 'shutdown']])
  })

  it('gives everything back at once when it is told a second time', async () => {
    const performer = createPerformer()
    const ids = [await submit(sql), await submit(sql)]
    const worker = await hire(scene, performer)
    await performer.nth(2)
    const stopped = worker.stop()
    worker.stopNow()
    await stopped
    for (const id of ids) expect(await rowOf(sql, id)).toMatchObject({ status: 'pending', attempt: 0 })
  })

  it('gives back at once even what a claim under way brings', async () => {
    const performer = createPerformer()
    const claiming = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    const db = intercept(scene.connect(), {
      after: async name => {
        if (name !== 'claim') return
        claiming.resolve()
        await stopped.promise
      },
    })
    const id = await submit(sql)
    const worker = await hire(scene, performer, { db })
    await claiming.promise
    const leaving = worker.stop()
    worker.stopNow()
    stopped.resolve()
    await leaving
    expect(performer.begun).toEqual([])
    expect(await rowOf(sql, id)).toMatchObject({ status: 'pending', attempt: 0 })
  })

  it('leaves its sleep at once when it has nothing to do', async () => {
    const worker = await hire(scene, createPerformer())
    await isIdle(scene, worker)
    await worker.stop()
    expect(worker.inFlight()).toBe(0)
  })

  it('signs off', async () => {
    const worker = await hire(scene, createPerformer())
    await worker.stop()
    expect(await sql`select id from worker.workers`).toEqual([])
  })

  it('hands its tasks to a colleague who waits for them', async () => {
    const [leaving, staying] = [createPerformer(), createPerformer()]
    const id = await submit(sql)
    const worker = await hire(scene, leaving, { drainSeconds: 0 })
    await leaving.nth(1)
    await isIdle(scene, await hire(scene, staying))
    await worker.stop()
    const { task, end } = await staying.nth(1)
    expect(task).toMatchObject({ id, life: 1, attempt: 1 })
    end(done)
    await rowWhen(sql, id, 'completed')
  })

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter(each => each === 'Timeout').length
    const db = scene.connect()
    await db.call('stats', {})
    const before = timers()
    const worker = await hire(scene, createPerformer(), { db })
    await isIdle(scene, worker)
    await worker.stop()
    // The driver's own timers end with its answers.
    await waitFor('no more timers than before', () => timers() <= before)
  })
})
