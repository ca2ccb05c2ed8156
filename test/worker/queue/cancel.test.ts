import { describe, expect, it } from 'vitest'
import { as } from '../../support/roles.ts'
import { cancel, rowWhen, setScene, submit } from '../arrange.ts'
import { createPerformer, hire, isIdle } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

describe('a cancel', () => {
  it('by its user stops a running attempt at once', async () => {
    const performer = createPerformer()
    const worker = await hire(scene, performer)
    const [user] = await sql`insert into auth.users (id, email) values (gen_random_uuid(), 'c@b.test') returning id`
    const id = await submit(sql, { user_id: user?.id })
    await performer.nth(1)
    await as(sql, { role: 'authenticated', sub: user?.id }, tx => tx`select public.cancel_agent_task(${id})`)
    await rowWhen(sql, id, 'cancelled')
    expect(worker.told.of('taskStopped')).toMatchObject([[{ id }, 'cancel']])
  })

  it('reaches the worker by its beat where events are not heard', async () => {
    const performer = createPerformer()
    const deaf = { ...scene.connect(), hear: async () => undefined }
    const id = await submit(sql)
    await hire(scene, performer, { db: deaf, leaseSeconds: 1 })
    await performer.nth(1)
    await cancel(sql, id)
    await rowWhen(sql, id, 'cancelled')
  })

  it('of one task leaves the others alone', async () => {
    const performer = createPerformer()
    const ids = [await submit(sql), await submit(sql)]
    const worker = await hire(scene, performer)
    await performer.nth(2)
    await cancel(sql, String(ids[0]))
    await rowWhen(sql, String(ids[0]), 'cancelled')
    expect(performer.begun.map(each => each.signal.aborted).sort()).toEqual([false, true])
    expect(worker.inFlight()).toBe(1)
  })

  it('of a task that another worker runs does nothing here', async () => {
    const [here, there] = [createPerformer(), createPerformer()]
    const first = await hire(scene, here, { concurrency: 1 })
    await submit(sql)
    await here.nth(1)
    const second = await hire(scene, there)
    await isIdle(scene, second)
    const id = await submit(sql)
    await there.nth(1)
    await cancel(sql, id)
    await rowWhen(sql, id, 'cancelled')
    expect(first.told.of('taskStopped')).toEqual([])
  })

  it('of a waiting task keeps it from being started', async () => {
    const performer = createPerformer()
    const id = await submit(sql)
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${id}`
    await isIdle(scene, await hire(scene, performer))
    expect(performer.begun).toEqual([])
  })
})
