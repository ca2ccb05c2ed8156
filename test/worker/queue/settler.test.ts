import { describe, expect, it } from 'vitest'
import { createSettler, type Settlement } from '../../../worker/queue/settler.ts'
import type { Task } from '../../../worker/task.ts'
import { intercept, listenIn, only, outage, rowOf, setScene, submit, waitFor } from '../arrange.ts'

const scene = await setScene()
const { sql } = scene
const WORKER = '00000000-0000-4000-8000-00000000000a'

type Calls = { size: number; answer: () => void }[]

/** Some claimed tasks and a settler whose calls the test lets through one by one. */
async function begin(count: number) {
  const calls: Calls = []
  const db = intercept(scene.connect(), {
    before: (name, args) => {
      if (name !== 'settle') return
      return new Promise<void>(answer => calls.push({ size: (args.p_tasks as string[]).length, answer }))
    },
  })
  for (let n = 0; n < count; n++) await submit(sql)
  const claimed = await db.call('claim', { p_worker: WORKER, p_slots: count, p_lease_seconds: 60 })
  const tasks = claimed.map(row => ({ id: row.task_id, leaseId: row.lease_id }) as Task)
  const settle = createSettler({ db, telemetry: listenIn().telemetry })
  const nth = (n: number) => waitFor(`call ${n}`, () => calls[n - 1])
  return { tasks, settle, calls, nth }
}

const completed = (answer: string): Settlement => ({ outcome: 'completed', detail: { response: { answer } } })
const never = () => false

describe('settling', () => {
  it('goes at once when nothing is under way', async () => {
    const { tasks, settle, nth } = await begin(1)
    const settled = settle(only(tasks[0]), completed('a'), never)
    ;(await nth(1)).answer()
    expect(await settled).toBe('completed')
  })

  it('takes together what ends while a call is under way', async () => {
    const { tasks, settle, calls, nth } = await begin(5)
    const [first, ...others] = tasks.map(task => () => settle(task, completed('a'), never))
    const settled = [only(first)()]
    const call = await nth(1)
    settled.push(...others.map(each => each()))
    call.answer()
    ;(await nth(2)).answer()
    expect(await Promise.all(settled)).toEqual(Array(5).fill('completed'))
    expect(calls.map(call => call.size)).toEqual([1, 4])
  })

  it('takes together what ends in the same turn', async () => {
    const { tasks, settle, calls, nth } = await begin(5)
    const settled = tasks.map(task => settle(task, completed('a'), never))
    ;(await nth(1)).answer()
    expect(await Promise.all(settled)).toEqual(Array(5).fill('completed'))
    expect(calls.map(call => call.size)).toEqual([5])
  })

  it('does not let one detail that the database refuses hold back its neighbours', async () => {
    const { tasks, settle, calls, nth } = await begin(4)
    const details = ['a', 'b', 'c', 'd'].map(completed)
    const poisoned = {
      outcome: 'retry',
      detail: { error: { code: 'x' }, after_seconds: 'soon' },
    } as unknown as Settlement
    const settled = tasks.map((task, n) => settle(task, n === 2 ? poisoned : only(details[n]), never))
    ;(await nth(1)).answer()
    ;(await nth(2)).answer()
    await nth(5)
    for (const call of calls) call.answer()
    expect(await Promise.all(settled)).toEqual(['completed', 'completed', 'lost', 'completed'])
    expect(await rowOf(sql, only(tasks[2]).id)).toMatchObject({ status: 'processing' })
  })

  it('says lost of an attempt whose lease is gone', async () => {
    const { tasks, settle, nth } = await begin(1)
    const task = { ...only(tasks[0]), leaseId: crypto.randomUUID() }
    const settled = settle(task, completed('a'), never)
    ;(await nth(1)).answer()
    expect(await settled).toBe('lost')
    expect(await rowOf(sql, task.id)).toMatchObject({ status: 'processing', response_payload: null })
  })

  it('gives up when the lease is lost while the database is away', async () => {
    let isLost = false
    const told = listenIn()
    const away = { ...scene.connect(), call: () => Promise.reject(outage()) }
    const settle = createSettler({ db: away, telemetry: told.telemetry })
    const settled = settle(
      { id: crypto.randomUUID(), leaseId: crypto.randomUUID() } as Task,
      completed('a'),
      () => isLost,
    )
    await told.until('databaseFailed')
    isLost = true
    expect(await settled).toBe('lost')
  })
})
