import { describe, expect, it } from 'vitest'
import { startUpkeep } from '../../../worker/queue/upkeep.ts'
import { intercept, listenIn, outage, rowWhen, setScene, submit, waitFor } from '../arrange.ts'

const scene = await setScene()
const { sql } = scene
const WORKER = '00000000-0000-4000-8000-00000000000a'

function start(db = scene.connect()) {
  const told = listenIn()
  const end = startUpkeep({ db, reapSeconds: 0.02, telemetry: told.telemetry })
  scene.atEnd(end)
  return { told, end }
}

describe('upkeep', () => {
  it('takes back what a dead worker held', async () => {
    const db = scene.connect()
    const id = await submit(sql)
    await db.call('claim', { p_worker: WORKER, p_slots: 1, p_lease_seconds: 60 })
    await sql`update worker.leases set expires_at = now() - interval '1 second'`
    const { told } = start()
    await rowWhen(sql, id, 'pending')
    await waitFor('the log', () => told.of('tasksReaped').some(([tasks]) => (tasks as unknown[]).length === 1))
  })

  it('removes the streams of tasks that ended long ago, and no others', async () => {
    const [old, young] = [await submit(sql), await submit(sql)]
    await sql`insert into public.agent_task_deltas (task_id, life, seq, kind, step_key, data, created_at)
      select id, 1, 1, 'text', 'model::0', '{"text":"Hi"}', now() from public.agent_task_requests`
    await sql`update public.agent_task_requests set status = 'cancelled', finished_at = now() - interval '2 hours'
      where id = ${old}`
    await sql`update public.agent_task_requests set status = 'cancelled' where id = ${young}`
    await sql`update worker.settings set pruned_at = '-infinity'`
    start()
    await waitFor('the pruning', async () => {
      const left = await sql`select task_id from public.agent_task_deltas`
      return left.length === 1 && left[0]?.task_id === young
    })
  })

  it('goes on after a failure', async () => {
    let calls = 0
    const before = (name: string) => {
      if (name === 'upkeep' && ++calls < 3) throw outage()
    }
    const { told } = start(intercept(scene.connect(), { before }))
    await told.until('tasksReaped')
    expect(told.of('databaseFailed')).toEqual(Array(2).fill(['upkeep', expect.any(Error)]))
  })

  it('does not run twice at once, and ends when its last round has', async () => {
    let [running, most, rounds] = [0, 0, 0]
    const round = Promise.withResolvers<void>()
    const db = intercept(scene.connect(), {
      before: async name => {
        if (name !== 'upkeep') return
        rounds += 1
        running += 1
        most = Math.max(most, running)
        await round.promise
        running -= 1
      },
    })
    const { end } = start(db)
    await waitFor('a round', () => rounds)
    const ended = end()
    round.resolve()
    await ended
    expect({ running, most, rounds }).toEqual({ running: 0, most: 1, rounds: 1 })
  })
})
