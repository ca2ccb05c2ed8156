import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Db } from '../../../worker/db.ts'
import { createApp } from '../../../worker/http/app.ts'
import { createLookUp } from '../../../worker/monitoring/scrape.ts'
import { createTelemetry } from '../../../worker/telemetry.ts'
import { expireLease, intercept, outage, setScene, submit } from '../arrange.ts'

const scene = await setScene()
const { sql } = scene
const WORKER = '00000000-0000-4000-8000-00000000000a'
afterEach(() => vi.useRealTimers())

/** Scrapes as Prometheus does. */
function watch(db: Db) {
  const telemetry = createTelemetry({ format: 'json', level: 'error', prompts: false })
  const app = createApp(() => undefined, telemetry, createLookUp(db, telemetry))
  return async () => {
    const response = await app.request('/metrics')
    expect(response.status).toBe(200)
    return (await response.text()).split('\n')
  }
}

/** The database with a count of how often it was asked for the state, which it tells unless `fails` says otherwise. */
function counted(fails: () => unknown = () => undefined) {
  const asked = { times: 0 }
  const db = intercept(scene.connect(), {
    before: async name => {
      if (name !== 'stats') return
      asked.times += 1
      await fails()
    },
  })
  return { db, asked }
}

const beat = (db: Db, kinds?: string[]) =>
  db.call('beat', {
    p_worker: WORKER,
    p_host: 'h',
    p_version: '0',
    p_hears: db.hears,
    p_tasks: [],
    p_leases: [],
    p_lease_seconds: 60,
    ...(kinds && { p_kinds: kinds }),
  })

describe('a scrape', () => {
  it('tells how many tasks are open by kind and status, and how long the oldest waits', async () => {
    const db = scene.connect()
    const old = await submit(sql)
    await sql`update public.agent_task_requests set run_at = now() - interval '1 minute' where id = ${old}`
    await submit(sql)
    await submit(sql, { status: 'scheduled', run_at: new Date(Date.now() + 60_000) })
    const lines = await watch(db)()
    expect(lines).toContain('liverow_database_up 1')
    expect(lines).toContain('liverow_queue_tasks{kind="assistant",status="pending"} 2')
    expect(lines).toContain('liverow_queue_tasks{kind="assistant",status="scheduled"} 1')
    expect(lines).toContain('liverow_queue_tasks{kind="assistant",status="processing"} 0')
    const oldest = lines.find(line => line.startsWith('liverow_queue_oldest_pending_seconds '))
    expect(Number(oldest?.split(' ')[1])).toBeGreaterThanOrEqual(60)
  })

  it('of an empty queue tells zeros', async () => {
    const lines = await watch(scene.connect())()
    expect(lines).toContain('liverow_queue_tasks{kind="assistant",status="pending"} 0')
    expect(lines).toContain('liverow_queue_oldest_pending_seconds 0')
    expect(lines).toContain('liverow_queue_stuck_tasks 0')
    expect(lines).toContain('liverow_workers_alive 0')
  })

  it('counts the kinds that users invent as one', async () => {
    await submit(sql, { kind: 'invented_1' })
    await submit(sql, { kind: 'invented_2' })
    const lines = await watch(scene.connect())()
    expect(lines).toContain('liverow_queue_tasks{kind="unknown",status="pending"} 2')
    expect(lines.join('\n')).not.toMatch(/invented/)
  })

  it('tells of tasks whose worker is gone', async () => {
    const db = scene.connect()
    const id = await submit(sql)
    await beat(db)
    await db.call('claim', { p_worker: WORKER, p_slots: 1, p_lease_seconds: 60 })
    await expireLease(sql, id)
    expect(await watch(db)()).toContain('liverow_queue_stuck_tasks 1')
  })

  it('tells how many workers live, and which kinds they take', async () => {
    const db = scene.connect()
    await beat(db, ['assistant'])
    const chosen = await watch(db)()
    expect(chosen).toContain('liverow_workers_alive 1')
    expect(chosen).toContain('liverow_workers_of_kind{kind="assistant"} 1')
    expect(chosen).toContain('liverow_workers_of_kind{kind="unknown"} 0')
    await sql`delete from worker.workers`
    await beat(db)
    expect(await watch(db)()).toContain('liverow_workers_of_kind{kind="unknown"} 1')
  })
})

describe('many who scrape', () => {
  it('ask the database once in five seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const { db, asked } = counted()
    const scrape = watch(db)
    await Promise.all([scrape(), scrape(), scrape()])
    vi.advanceTimersByTime(4_999)
    await scrape()
    expect(asked.times).toBe(1)
    vi.advanceTimersByTime(1)
    await scrape()
    expect(asked.times).toBe(2)
  })

  it('do not ask again while a question is open', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    const { db, asked } = counted(() => promise)
    const scrape = watch(db)
    for (let scrapes = 0; scrapes < 3; scrapes++) {
      const scraped = scrape()
      await vi.advanceTimersByTimeAsync(6_000)
      expect(await scraped).toContain('liverow_database_up 0')
    }
    expect(asked.times).toBe(1)
    resolve()
  })
})

describe('a database that does not answer', () => {
  it('is told as down, and the numbers of the queue are left out', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let isUp = true
    const { db } = counted(() => {
      if (!isUp) throw outage()
    })
    const scrape = watch(db)
    await submit(sql)
    expect(await scrape()).toContain('liverow_queue_tasks{kind="assistant",status="pending"} 1')
    isUp = false
    vi.advanceTimersByTime(5_000)
    const lines = await scrape()
    expect(lines).toContain('liverow_database_up 0')
    expect(lines).toContain('liverow_database_errors_total{what="stats"} 1')
    expect(lines.filter(line => /^liverow_(queue|workers)_/.test(line))).toEqual([])
    isUp = true
    vi.advanceTimersByTime(5_000)
    expect(await scrape()).toContain('liverow_database_up 1')
  })

  it('is waited for no longer than three seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const { promise, resolve } = Promise.withResolvers<void>()
    const { db } = counted(() => promise)
    const scraped = watch(db)()
    await vi.advanceTimersByTimeAsync(3_000)
    const lines = await scraped
    expect(lines).toContain('liverow_database_up 0')
    expect(lines).toContain('liverow_tasks_in_flight 0')
    resolve()
  })
})

describe('without a look at the database', () => {
  it('nothing is told of it, not even that the database is down', async () => {
    const telemetry = createTelemetry({ format: 'json', level: 'error', prompts: false })
    const text = await (await createApp(() => undefined, telemetry).request('/metrics')).text()
    expect(text).not.toMatch(/^liverow_(queue|workers|database_up)/m)
  })
})
