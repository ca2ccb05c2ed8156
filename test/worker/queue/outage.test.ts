import { describe, expect, it } from 'vitest'
import { intercept, outage, rowOf, rowWhen, setScene, submit, waitFor } from '../arrange.ts'
import { layCable } from '../cable.ts'
import { createPerformer, done, hire, isIdle } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

/** A worker's way to the database that the test cuts and mends. */
async function connectByCable() {
  const cable = await layCable(scene.url)
  scene.atEnd(cable.cut)
  return { cable, db: scene.connect(cable.url) }
}

/** A connection whose calls fail while `down` names them. */
function connectUnsurely() {
  const down = new Set<string>()
  const before = (name: string) => {
    if (down.has(name)) throw outage()
  }
  return { down, db: intercept(scene.connect(), { before }) }
}

describe('a worker', () => {
  it('goes on after its connections were ended', async () => {
    const performer = createPerformer()
    const worker = await hire(scene, performer)
    await isIdle(scene, worker)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'liverow-worker%'
      and datname = current_database()`
    await waitFor('the listener', async () => (await listeners()) === 1)
    const id = await submit(sql)
    const attempt = await performer.nth(1)
    attempt.end(done)
    await rowWhen(sql, id, 'completed')
  })

  it('goes on after the database was away for a while', async () => {
    const performer = createPerformer()
    const { cable, db } = await connectByCable()
    const running = await submit(sql)
    const worker = await hire(scene, performer, { db, concurrency: 2, leaseSeconds: 5, pollSeconds: 0.2 })
    const attempt = await performer.nth(1)
    await isIdle(scene, worker)
    await cable.cut()
    await worker.told.until('databaseFailed', 2)
    expect(worker.isReady()).toBe(false)
    attempt.end(done)
    const meanwhile = await submit(sql)
    await cable.mend()
    await rowWhen(sql, running, 'completed')
    const next = await performer.nth(2)
    expect(next.task.id).toBe(meanwhile)
    await waitFor('readiness', worker.isReady)
  })

  it('hears events again after the database was away for a while', async () => {
    const performer = createPerformer()
    const { cable, db } = await connectByCable()
    const worker = await hire(scene, performer, { db, leaseSeconds: 2 })
    await isIdle(scene, worker)
    await cable.cut()
    await worker.told.until('databaseFailed', 3)
    await cable.mend()
    await waitFor('the listener', async () => (await listeners()) === 1)
    await submit(sql)
    await performer.nth(1)
  })

  it('that cannot beat takes nothing more, stops its tasks before their leases end, and recovers', async () => {
    const performer = createPerformer()
    const { down, db } = connectUnsurely()
    const id = await submit(sql)
    const worker = await hire(scene, performer, { db, leaseSeconds: 1, pollSeconds: 0.1 })
    const attempt = await performer.nth(1)
    await isIdle(scene, worker)
    down.add('beat')
    await worker.told.until('databaseFailed')
    expect(worker.isReady()).toBe(false)
    const late = await submit(sql)
    await waitFor('the stop', () => attempt.signal.aborted)
    const [lease] = await sql`select expires_at > clock_timestamp() as valid from worker.leases where task_id = ${id}`
    expect(lease?.valid).toBe(true)
    expect(worker.told.of('taskStopped')).toMatchObject([[{ id }, 'lost']])
    expect(await rowOf(sql, late)).toMatchObject({ status: 'pending' })

    down.clear()
    expect((await performer.nth(2)).task.id).toBe(late)
    expect(worker.isReady()).toBe(true)
  })

  it('whose claim fails tries again', async () => {
    const performer = createPerformer()
    const { down, db } = connectUnsurely()
    down.add('claim')
    await submit(sql)
    const worker = await hire(scene, performer, { db, pollSeconds: 0.02 })
    await worker.told.until('databaseFailed', 3)
    expect(worker.isReady()).toBe(false)
    down.clear()
    await performer.nth(1)
    expect(worker.isReady()).toBe(true)
  })

  it('does not lose an answer that it cannot deliver at once', async () => {
    const performer = createPerformer()
    const { down, db } = connectUnsurely()
    const ids = [await submit(sql), await submit(sql)]
    const worker = await hire(scene, performer, { db })
    await performer.nth(2)
    down.add('settle')
    for (const attempt of performer.begun) attempt.end(done)
    await worker.told.until('databaseFailed', 2)
    down.clear()
    for (const id of ids) await rowWhen(sql, id, 'completed')
    expect(worker.told.of('taskSettled').map(args => args[1])).toEqual(['completed', 'completed'])
  })

  it('counts an answer as delivered whose receipt got lost', async () => {
    const performer = createPerformer()
    const id = await submit(sql)
    let settled = 0
    const after = (name: string) => {
      if (name === 'settle' && ++settled === 1) throw outage()
    }
    await hire(scene, performer, { db: intercept(scene.connect(), { after }) })
    ;(await performer.nth(1)).end(done)
    await rowWhen(sql, id, 'completed')
    await waitFor('the second call', () => settled === 2)
    expect(await rowOf(sql, id)).toMatchObject({ status: 'completed', life: 1 })
  })

  it('comes back on record, as idle too, after its own row was removed', async () => {
    const performer = createPerformer()
    const worker = await hire(scene, performer, { leaseSeconds: 1, pollSeconds: 0.1 })
    await isIdle(scene, worker)
    await sql`delete from worker.workers`
    await isIdle(scene, worker)
  })
})

async function listeners(): Promise<number> {
  const found = await sql`select from pg_stat_activity
    where datname = current_database() and application_name = 'liverow-worker-ear' and state = 'idle'`
  return found.length
}
