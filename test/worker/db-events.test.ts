import { afterEach, describe, expect, it } from 'vitest'
import { DatabaseError, type Db, openDb, type WorkerEvent } from '../../worker/db.ts'
import { cancel, submit, waitFor } from './arrange.ts'
import { layCable } from './cable.ts'
import { startTransports, WAYS } from './transports.ts'

const { sql, at, open } = await startTransports()
const WORKER = '00000000-0000-4000-8000-00000000000a'

afterEach(async () => {
  await sql`delete from public.agent_task_requests`
  await sql`delete from worker.workers`
})

/** A worker on record that hears, and what it has heard. */
async function listen(db: Db, onChange?: (isHeard: boolean) => void): Promise<WorkerEvent[]> {
  const heard: WorkerEvent[] = []
  const nothing = { p_tasks: [], p_leases: [], p_lease_seconds: 60 }
  await db.call('beat', { p_worker: WORKER, p_host: 'h', p_version: '0', p_hears: db.hears, ...nothing })
  await db.hear(event => void heard.push(event), onChange)
  return heard
}

const claim = (db: Db) => db.call('claim', { p_worker: WORKER, p_slots: 2, p_lease_seconds: 60 })

describe.each(WAYS)('over %s', way => {
  it('an idle worker hears of a new row', async () => {
    const db = open(way)
    const heard = await listen(db)
    await claim(db)
    await submit(sql)
    await waitFor('the wake', () => heard.length)
    expect(heard).toMatchObject([{ event: 'wake' }])
  })

  it('a worker hears of a cancel, and of which task', async () => {
    const db = open(way)
    const heard = await listen(db)
    const id = await submit(sql)
    await claim(db)
    await cancel(sql, id)
    await waitFor('the cancel', () => heard.find(each => each.event === 'cancel' && each.task_id === id))
  })

  it('a worker hears again after its connection was cut', async () => {
    const cable = await layCable(at[way])
    const db = open(way, cable.url)
    const changes: boolean[] = []
    const heard = await listen(db, isHeard => void changes.push(isHeard))
    expect(changes).toEqual([])
    await cable.cut()
    await waitFor('the loss', () => changes.length)
    // Longer than one attempt to come back takes.
    await new Promise(resolve => setTimeout(resolve, 500))
    await cable.mend()
    await claim(open(way))
    await waitFor('a wake', async () => {
      await submit(sql)
      return heard.length
    })
    await waitFor('the return', () => changes.length > 1)
    expect(changes).toEqual([false, true])
    await db.close()
    await cable.cut()
    expect(changes).toEqual([false, true])
  })

  it('a worker is woken when it hears again, since it may have missed something', async () => {
    const cable = await layCable(at[way])
    const db = open(way, cable.url)
    const changes: boolean[] = []
    const heard = await listen(db, isHeard => void changes.push(isHeard))
    expect(changes).toEqual([])
    await cable.cut()
    await waitFor('the loss', () => changes.length)
    await cable.mend()
    await waitFor('the wake', () => heard.length)
    expect(heard).toEqual([{ event: 'wake' }])
    await db.close()
    await cable.cut()
  })

  it('a closed connection hears nothing more, and may be closed twice', async () => {
    const [db, witness] = [open(way), open(way)]
    const heard = await listen(db)
    const witnessed = await listen(witness)
    await db.close()
    await db.close()
    await claim(witness)
    await submit(sql)
    await waitFor('the wake', () => witnessed.length)
    expect(heard).toEqual([])
  })
})

describe('a direct connection', () => {
  it('that is closed leaves no socket open', async () => {
    const cable = await layCable(at.postgres)
    const db = open('postgres', cable.url)
    await listen(db)
    expect(cable.connections()).toBeGreaterThan(1)
    await db.close()
    await waitFor('the last socket to close', () => cable.connections() === 0)
    await cable.cut()
  })
})

describe('hear', () => {
  it('refuses where Realtime cannot be reached', async () => {
    const db = openDb({ databaseUrl: undefined, supabase: { url: 'http://127.0.0.1:9', key: 'a-key-for-nothing' } })
    await expect(db.hear(() => undefined)).rejects.toBeInstanceOf(DatabaseError)
    await db.close()
  }, 15_000)
})
