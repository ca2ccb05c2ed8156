import { describe, expect, it } from 'vitest'
import { intercept, rowWhen, setScene, submit, waitFor } from '../arrange.ts'
import { createPerformer, done, hire, isIdle } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

describe('a worker', () => {
  it('takes no more tasks than it has slots', async () => {
    const performer = createPerformer()
    for (let n = 0; n < 3; n++) await submit(sql)
    const worker = await hire(scene, performer, { concurrency: 2 })
    await performer.nth(2)
    expect(worker.inFlight()).toBe(2)
    const waiting = await sql`select from public.agent_task_requests where status = 'pending'`
    expect(waiting).toHaveLength(1)
  })

  it('takes the next task as soon as a slot is free', async () => {
    const performer = createPerformer()
    for (let n = 0; n < 3; n++) await submit(sql)
    await hire(scene, performer, { concurrency: 1 })
    for (const n of [1, 2, 3]) (await performer.nth(n)).end(done)
    await waitFor('three completed tasks', async () => {
      const completed = await sql`select from public.agent_task_requests where status = 'completed'`
      return completed.length === 3
    })
  })

  it('is woken from its sleep by a new row', async () => {
    const performer = createPerformer()
    const worker = await hire(scene, performer)
    await isIdle(scene, worker)
    const id = await submit(sql)
    expect((await performer.nth(1)).task).toMatchObject({ id, kind: 'assistant', life: 1, attempt: 1 })
  })

  it('is woken by a row that an admin sets back to pending', async () => {
    const performer = createPerformer()
    const worker = await hire(scene, performer)
    const id = await submit(sql)
    const first = await performer.nth(1)
    first.end(done)
    await rowWhen(sql, id, 'completed')
    await isIdle(scene, worker)
    await sql`update public.agent_task_requests set status = 'pending' where id = ${id}`
    expect((await performer.nth(2)).task).toMatchObject({ id, life: 2, attempt: 1 })
  })

  it('finds by polling what it was not told', async () => {
    const performer = createPerformer()
    const deaf = { ...scene.connect(), hear: async () => undefined }
    const worker = await hire(scene, performer, { db: deaf, pollSeconds: 0.05 })
    await isIdle(scene, worker)
    const id = await submit(sql)
    expect((await performer.nth(1)).task.id).toBe(id)
  })

  it('works by polling alone where events cannot be heard, and says so', async () => {
    const performer = createPerformer()
    const hear = () => Promise.reject(new Error('No events on this connection.'))
    const worker = await hire(scene, performer, { db: { ...scene.connect(), hear }, pollSeconds: 0.05 })
    expect(worker.told.of('hearingFailed')).toHaveLength(1)
    await submit(sql)
    await performer.nth(1)
  })

  it('finds a row that came between its empty claim and the record that it is idle', async () => {
    const performer = createPerformer()
    let claims = 0
    // A row whose trigger ran before the record and which the first claim did not see: no event tells of it.
    const db = intercept(scene.connect(), {
      after: async name => {
        if (name !== 'claim' || ++claims !== 1) return
        await sql`alter table public.agent_task_requests disable trigger wake_on_insert`
        await submit(sql)
        await sql`alter table public.agent_task_requests enable trigger wake_on_insert`
      },
    })
    await hire(scene, performer, { db })
    await performer.nth(1)
  })

  it('takes only the kinds that it is there for', async () => {
    const performer = createPerformer()
    const other = await submit(sql, { kind: 'translator', priority: 9 })
    const own = await submit(sql, { kind: 'assistant' })
    await hire(scene, performer, { kinds: ['assistant'] })
    expect((await performer.nth(1)).task.id).toBe(own)
    await rowWhen(sql, other, 'pending')
  })

  it('hands a task over as it was written', async () => {
    const performer = createPerformer()
    const [user] = await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'a@b.test') returning id`
    const payload = { prompt: 'Hi', context: { list: [1, null, 'ä'], deep: { truth: true } } }
    await submit(sql, { user_id: user?.id, request_payload: payload, max_attempts: 3 })
    await hire(scene, performer)
    const { task } = await performer.nth(1)
    expect(task).toMatchObject({ userId: user?.id, enterpriseId: null, payload, maxAttempts: 3 })
    expect(task.waitedSeconds).toBeGreaterThanOrEqual(0)
    expect(task.waitedSeconds).toBeLessThan(10)
  })

  it('never runs one task in two workers', async () => {
    const performer = createPerformer()
    const ids = await Promise.all(Array.from({ length: 40 }, () => submit(sql)))
    await Promise.all([1, 2].map(() => hire(scene, performer, { concurrency: 20 })))
    await performer.nth(40)
    expect(performer.begun.map(each => each.task.id).sort()).toEqual(ids.sort())
  })
})
