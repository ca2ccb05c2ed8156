import { afterEach, describe, expect, test } from 'vitest'
import { edit, later, setScene, submit, submitAndClaim } from '../arrange.ts'
import { claim, register, WORKER } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

let stopListening = async () => undefined as unknown
afterEach(() => stopListening())

/** Everything heard on `agent_tasks` while `act` ran. A notice of our own ends the wait: they come in order. */
async function heardDuring(act: () => Promise<unknown>): Promise<unknown[]> {
  const heard: unknown[] = []
  const end = Promise.withResolvers<void>()
  const { unlisten } = await sql.listen('agent_tasks', payload => {
    if (payload === 'end') end.resolve()
    else heard.push(JSON.parse(payload))
  })
  stopListening = unlisten
  await act()
  await sql.notify('agent_tasks', 'end')
  await end.promise
  return heard
}

async function broadcasts() {
  const rows = await sql`
    select event, private, extension, payload - 'id' as payload from realtime.messages where topic = 'agent_tasks'`
  await sql`delete from realtime.messages`
  return rows
}

/** A worker that has found the queue empty. */
async function idleWorker(hears: 'postgres' | 'realtime', id = WORKER) {
  await register(worker, hears, id)
  await claim(worker, { by: id })
  await sql`delete from realtime.messages`
}

describe('a wake', () => {
  test('is notified at an insert when a worker that hears postgres is idle', async () => {
    await idleWorker('postgres')
    expect(await heardDuring(() => submit(sql))).toEqual([{ event: 'wake', task_id: null }])
    expect(await broadcasts()).toEqual([])
  })

  test('is not notified when no worker is idle', async () => {
    await register(worker)
    expect(await heardDuring(() => submit(sql))).toEqual([])
  })

  test('is not notified for a worker that is full again', async () => {
    await idleWorker('postgres')
    await submit(sql)
    await claim(worker, { slots: 1 })
    expect(await heardDuring(() => submit(sql))).toEqual([])
  })

  test('is not notified for an idle worker that has not beaten for a minute', async () => {
    await idleWorker('postgres')
    await sql`update worker.workers set beat_at = clock_timestamp() - interval '61 seconds'`
    expect(await heardDuring(() => submit(sql))).toEqual([])
  })

  test('comes once for a batch of inserts', async () => {
    await idleWorker('postgres')
    const row = { request_payload: { prompt: 'Hi.' } }
    const heard = await heardDuring(() => sql`insert into public.agent_task_requests ${sql([row, row, row])}`)
    expect(heard).toHaveLength(1)
  })

  test('is heard only when the insert has committed', async () => {
    await idleWorker('postgres')
    const heard = await heardDuring(() =>
      sql
        .begin(async tx => {
          await tx`insert into public.agent_task_requests (request_payload) values ('{}')`
          throw new Error('changed my mind')
        })
        .catch((error: Error) => expect(error.message).toBe('changed my mind')),
    )
    expect(heard).toEqual([])
  })

  test('is broadcast on the private topic agent_tasks for an idle worker that hears realtime', async () => {
    await idleWorker('realtime')
    expect(await heardDuring(() => submit(sql))).toEqual([])
    expect(await broadcasts()).toEqual([
      { event: 'wake', private: true, extension: 'broadcast', payload: { task_id: null } },
    ])
  })

  test('is broadcast once for a batch that falls due', async () => {
    for (let n = 0; n < 3; n++) await submit(sql, { run_at: new Date(Date.now() + 60_000) })
    await idleWorker('realtime')
    await later(worker, '50 seconds')
    await worker`select worker.beat(${WORKER}, 'host', '1', 'realtime', '{}', '{}', 60)`
    await later(worker, '61 seconds')
    await claim(worker)
    expect(await broadcasts()).toHaveLength(1)
  })

  test('goes both ways when workers of both ways are idle', async () => {
    await idleWorker('postgres')
    await idleWorker('realtime', '00000000-0000-4000-8000-00000000000b')
    expect(await heardDuring(() => submit(sql))).toHaveLength(1)
    expect(await broadcasts()).toHaveLength(1)
  })

  test('comes when an admin sets a request back to pending', async () => {
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { status: 'failed' })
    await idleWorker('postgres')
    expect(await heardDuring(() => edit(sql, task, { status: 'pending' }))).toMatchObject([{ event: 'wake' }])
  })

  test('does not come for changes that make nothing ready', async () => {
    const { task } = await submitAndClaim(scene)
    await idleWorker('postgres')
    expect(await heardDuring(() => edit(sql, task, { status: 'failed' }))).toEqual([])
  })
})

describe('a cancel', () => {
  test('of a running task is notified with its id, to busy workers too', async () => {
    await register(worker)
    const { task } = await submitAndClaim(scene)
    const heard = await heardDuring(() => edit(sql, task, { cancel_requested_at: new Date() }))
    expect(heard).toEqual([{ event: 'cancel', task_id: task }])
  })

  test('of a running task is broadcast to workers that hear realtime', async () => {
    await register(worker, 'realtime')
    const { task } = await submitAndClaim(scene)
    await broadcasts()
    await edit(sql, task, { cancel_requested_at: new Date() })
    expect(await broadcasts()).toEqual([
      { event: 'cancel', private: true, extension: 'broadcast', payload: { task_id: task } },
    ])
  })

  test('is passed on once, however often it is asked for', async () => {
    await register(worker)
    const { task } = await submitAndClaim(scene)
    await edit(sql, task, { cancel_requested_at: new Date() })
    expect(await heardDuring(() => edit(sql, task, { cancel_requested_at: new Date() }))).toEqual([])
  })

  test('of a waiting task disturbs no worker', async () => {
    await register(worker)
    const id = await submit(sql)
    expect(await heardDuring(() => edit(sql, id, { status: 'cancelled' }))).toEqual([])
  })
})

describe('a worker on record', () => {
  test('is known by what it said of itself', async () => {
    await register(worker, 'realtime')
    expect(await sql`select id, host, version, hears, idle, in_flight from worker.workers`).toEqual([
      { id: WORKER, host: 'test-host', version: '0.0.0', hears: 'realtime', idle: false, in_flight: 0 },
    ])
  })

  test('may introduce itself again and say that it hears otherwise now', async () => {
    await register(worker, 'postgres')
    await later(worker, '1 hour')
    await register(worker, 'realtime')
    const workers =
      await worker`select hears, beat_at = worker.now() as beats, started_at < worker.now() as old from worker.workers`
    expect(workers).toEqual([{ hears: 'realtime', beats: true, old: true }])
  })

  test('is gone after it has left', async () => {
    await register(worker)
    await worker`select worker.leave(${WORKER})`
    expect(await sql`select from worker.workers`).toHaveLength(0)
  })

  test('cannot hear in an unknown way', async () => {
    await expect(register(worker, 'pigeon')).rejects.toMatchObject({ constraint_name: 'hears_is_known' })
  })
})
