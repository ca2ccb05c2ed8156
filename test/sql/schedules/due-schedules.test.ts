import { beforeEach, describe, expect, test } from 'vitest'
import { addPeople, later, setScene } from '../arrange.ts'
import { addSchedule, change, due, see, tick } from './arrange.ts'

const { sql, worker } = await setScene()
const { owner: user_id } = await addPeople(sql)

beforeEach(async () => {
  await sql`delete from public.agent_task_schedules`
})

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)

/** A schedule whose next tick a worker has found. */
async function addLookedAt(next: Date): Promise<string> {
  const id = await addSchedule(sql, { user_id })
  await tick(worker, await see(sql, id), { ticks: [], next })
  return id
}

describe('due schedules', () => {
  test('are those at which no worker has looked', async () => {
    const id = await addSchedule(sql, { user_id, cron: '5 4 * * 1-5', time_zone: 'Europe/Berlin', backfill: 'all' })
    expect(await due(worker)).toEqual([
      {
        id,
        version: '1',
        cron: '5 4 * * 1-5',
        time_zone: 'Europe/Berlin',
        backfill: 'all',
        ticked_to: expect.any(Date),
        now: expect.any(Date),
      },
    ])
  })

  test('are those whose hour has come, by the database’s clock', async () => {
    const id = await addLookedAt(inHours(1))
    expect(await due(worker)).toEqual([])
    await later(worker, '61 minutes')
    expect(await due(worker)).toMatchObject([{ id }])
  })

  test('are none that is paused', async () => {
    const id = await addSchedule(sql, { user_id })
    await change(sql, id, { paused_at: new Date() })
    expect(await due(worker)).toEqual([])
  })

  test('come with the time that it is', async () => {
    await addSchedule(sql, { user_id })
    await worker`select set_config('worker.fake_now', '2040-01-01T00:00:00Z', false)`
    expect(await due(worker)).toMatchObject([{ now: new Date('2040-01-01T00:00:00Z') }])
  })

  test('come in the order in which they fell due, and no more than asked for', async () => {
    const [late, early] = [await addLookedAt(inHours(2)), await addLookedAt(inHours(1))]
    const fresh = await addSchedule(sql, { user_id })
    await later(worker, '3 hours')
    expect((await due(worker)).map(row => row.id)).toEqual([fresh, early, late])
    expect((await due(worker, 2)).map(row => row.id)).toEqual([fresh, early])
  })

  test('are found by an index among many that are not', async () => {
    await sql.begin(async tx => {
      await tx`set local session_replication_role = replica`
      await tx`
        insert into public.agent_task_schedules (user_id, name, cron, next_at)
        select ${user_id}, 'x', '* * * * *', now() + interval '1 day' from generate_series(1, 5000)`
    })
    await sql`analyze public.agent_task_schedules`
    const rows = await sql`
      explain select id from public.agent_task_schedules
      where paused_at is null and coalesce(next_at, '-infinity') <= (select worker.now())
      order by coalesce(next_at, '-infinity') limit 500`
    expect(JSON.stringify(rows)).toContain('schedules_due')
  })
})
