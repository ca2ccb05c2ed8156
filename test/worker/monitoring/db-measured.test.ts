import { describe, expect, it } from 'vitest'
import { measured } from '../../../worker/db-measured.ts'
import { createTelemetry } from '../../../worker/telemetry.ts'
import { intercept, outage, setScene, submit } from '../arrange.ts'

const scene = await setScene()
const WORKER = '00000000-0000-4000-8000-00000000000a'

function measure(before: (name: string) => unknown = () => undefined) {
  const telemetry = createTelemetry({ format: 'json', level: 'error', prompts: false })
  const db = measured(intercept(scene.connect(), { before }), telemetry)
  return { db, lines: async () => (await telemetry.expose()).split('\n') }
}

describe('calls of the database', () => {
  it('are counted and timed by function and result', async () => {
    const { db, lines } = measure(name => {
      if (name === 'leave') throw outage()
    })
    await db.call('stats', {})
    await db.call('stats', {})
    await expect(db.call('leave', { p_worker: WORKER })).rejects.toThrow('cannot be reached')
    const told = await lines()
    expect(told).toContain('liverow_database_call_seconds_count{function="stats",result="ok"} 2')
    expect(told).toContain('liverow_database_call_seconds_count{function="leave",result="failed"} 1')
    expect(told).toContain('liverow_database_calls_in_flight 0')
  })

  it('are in flight until they are answered', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { db, lines } = measure(() => promise)
    const calls = [db.call('stats', {}), db.call('stats', {})]
    expect(await lines()).toContain('liverow_database_calls_in_flight 2')
    resolve()
    await Promise.all(calls)
    expect(await lines()).toContain('liverow_database_calls_in_flight 0')
  })

  it('tell how many tasks a claim took, a beat prolonged and a settle ended', async () => {
    const { db, lines } = measure()
    for (let rows = 0; rows < 3; rows++) await submit(scene.sql)
    const beat = { p_worker: WORKER, p_host: 'h', p_version: '0', p_hears: db.hears, p_lease_seconds: 60 }
    await db.call('beat', { ...beat, p_tasks: [], p_leases: [] })
    const tasks = await db.call('claim', { p_worker: WORKER, p_slots: 3, p_lease_seconds: 60 })
    const p_tasks = tasks.map(task => task.task_id)
    const p_leases = tasks.map(task => task.lease_id)
    await db.call('beat', { ...beat, p_tasks, p_leases })
    await db.call('settle', {
      p_tasks,
      p_leases,
      p_outcomes: p_tasks.map(() => 'released'),
      p_details: p_tasks.map(() => ({})),
    })
    const told = await lines()
    expect(told).toContain('liverow_database_call_tasks_sum{function="claim"} 3')
    expect(told).toContain('liverow_database_call_tasks_sum{function="beat"} 3')
    expect(told).toContain('liverow_database_call_tasks_count{function="beat"} 2')
    expect(told).toContain('liverow_database_call_tasks_sum{function="settle"} 3')
  })

  it('go unmeasured to the database as they are', async () => {
    const { db } = measure()
    await expect(
      db.call('settle', { p_tasks: ['no uuid'], p_leases: [], p_outcomes: [], p_details: [] }),
    ).rejects.toThrow(/uuid/)
  })
})

describe('the pool', () => {
  it('is told as it is when somebody scrapes: four at work, and one call waits', async () => {
    const telemetry = createTelemetry({ format: 'json', level: 'error', prompts: false })
    const db = measured(scene.connect(), telemetry)
    await scene.sql
      .begin(async sql => {
        await sql`lock table worker.workers in access exclusive mode`
        const calls = Array.from({ length: 5 }, () => db.call('leave', { p_worker: WORKER }))
        telemetry.poolSeen(db.pool?.())
        const told = await telemetry.expose()
        expect(told).toContain('liverow_database_pool_connections{state="busy"} 4')
        expect(told).toContain('liverow_database_pool_waiting 1')
        await sql`select 1`
        return { calls }
      })
      .then(({ calls }) => Promise.all(calls))
  })
})

describe('hearing', () => {
  it('is told once it is sure', async () => {
    const { db, lines } = measure()
    expect(await lines()).toContain('liverow_hearing 0')
    await db.hear(() => undefined)
    expect(await lines()).toContain('liverow_hearing 1')
  })
})
