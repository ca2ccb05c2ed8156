import { beforeEach, describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { addMember, addPeople, later, removeMember, setScene, submit, whileWaiting } from '../arrange.ts'
import { addSchedule, change, due, NEXT, refuse, remove, schedule, see, TICKS, tasksOf, tick } from './arrange.ts'

const { sql, worker, connect } = await setScene()
const other = await connect({ role: 'service_role' })
const byHand = await connect()
const people = await addPeople(sql)
const owners = { user_id: people.owner, enterprise_id: people.acme }

beforeEach(async () => {
  await sql`delete from public.agent_task_schedules`
})

const unfinished = (user: string, tasks: number) =>
  sql`insert into public.agent_task_requests (user_id) select ${user} from generate_series(1, ${tasks}::integer)`

const errorOf = async (id: string) => (await schedule(sql, id)).error

describe('a tick', () => {
  test('makes a task in the name of the owner', async () => {
    const id = await addSchedule(sql, { ...owners, kind: 'course', priority: 7, request_payload: { topic: 'Tides' } })
    expect(await tick(worker, await see(sql, id))).toBe(1)
    expect(await tasksOf(sql, id)).toMatchObject([
      {
        ...owners,
        kind: 'course',
        priority: 7,
        request_payload: { topic: 'Tides' },
        status: 'pending',
        scheduled_for: TICKS[0],
      },
    ])
  })

  test('makes a task for no enterprise, when the schedule has none', async () => {
    const id = await addSchedule(sql, { user_id: people.owner })
    expect(await tick(worker, await see(sql, id))).toBe(1)
    expect(await tasksOf(sql, id)).toMatchObject([{ user_id: people.owner, enterprise_id: null }])
  })

  test('moves the schedule on', async () => {
    const id = await addSchedule(sql, owners)
    await sql`update public.agent_task_schedules set error = '{"code": "queue_full"}' where id = ${id}`
    const before = await schedule(sql, id)
    expect(await tick(worker, await see(sql, id), { ticks: TICKS })).toBe(3)
    expect(await schedule(sql, id)).toMatchObject({
      last_at: TICKS[2],
      ticked_to: TICKS[2],
      next_at: NEXT,
      error: null,
      paused_at: null,
      version: String(Number(before.version) + 1),
    })
  })

  test('that does not come yet only says when it will', async () => {
    const id = await addSchedule(sql, owners)
    expect(await tick(worker, await see(sql, id), { ticks: [] })).toBe(0)
    expect(await schedule(sql, id)).toMatchObject({ last_at: null, ticked_to: NEXT, next_at: NEXT })
    expect(await due(worker)).toEqual([])
  })

  test('that has another one behind it brings the schedule back at once, after those that wait', async () => {
    const [id, waiting] = [await addSchedule(sql, owners), await addSchedule(sql, owners)]
    expect(await tick(worker, await see(sql, id), { next: new Date('2001-01-01') })).toBe(1)
    expect((await due(worker)).map(row => row.id)).toEqual([waiting, id])
  })
})

describe('each tick makes exactly one task', () => {
  test('while another worker hands the same tick in', async () => {
    const id = await addSchedule(sql, owners)
    const seen = await see(sql, id)
    await worker`begin`
    expect(await tick(worker, seen)).toBe(1)
    expect(await tick(other, seen)).toBe(0)
    await worker`commit`
    expect(await tick(other, seen)).toBe(0)
    expect(await tasksOf(sql, id)).toHaveLength(1)
  })

  test('when the worker that was faster is rolled back', async () => {
    const id = await addSchedule(sql, owners)
    const seen = await see(sql, id)
    await worker`begin`
    await tick(worker, seen)
    await worker`rollback`
    expect(await tick(other, seen)).toBe(1)
    expect(await tasksOf(sql, id)).toHaveLength(1)
  })

  test('though it is handed in again by name', async () => {
    const id = await addSchedule(sql, owners)
    expect(await tick(worker, await see(sql, id), { ticks: TICKS.slice(0, 2) })).toBe(2)
    expect(await tick(worker, await see(sql, id), { ticks: TICKS })).toBe(1)
    expect((await tasksOf(sql, id)).map(row => row.scheduled_for)).toEqual(TICKS)
  })

  test('and not a second one, whoever inserts it', async () => {
    const id = await addSchedule(sql, owners)
    await tick(worker, await see(sql, id))
    const twin = submit(sql, { schedule_id: id, scheduled_for: TICKS[0] })
    await expect(twin).rejects.toMatchObject({ code: '23505', constraint_name: 'requests_of_schedule' })
  })

  test('and none without a moment', async () => {
    const insert = submit(sql, { schedule_id: people.owner })
    await expect(insert).rejects.toMatchObject({ constraint_name: 'scheduled_tasks_have_their_tick' })
  })

  test.each([
    ['edited', (id: string) => change(sql, id, { cron: '0 9 * * *' })],
    ['given another task', (id: string) => change(sql, id, { request_payload: { prompt: 'Something else?' } })],
    ['paused', (id: string) => change(sql, id, { paused_at: new Date() })],
    ['deleted', (id: string) => remove(sql, id)],
  ])('and none from what was read before the schedule was %s', async (_, act) => {
    const id = await addSchedule(sql, owners)
    const seen = await see(sql, id)
    await act(id)
    expect(await tick(worker, seen)).toBe(0)
    expect(await tasksOf(sql, id)).toEqual([])
  })

  test('and none while it is paused', async () => {
    const id = await addSchedule(sql, { ...owners, paused_at: new Date() })
    expect(await tick(worker, await see(sql, id))).toBe(0)
  })

  test('and does not wait for a user who edits', async () => {
    const id = await addSchedule(sql, owners)
    const seen = await see(sql, id)
    await byHand`begin`
    await change(byHand, id, { cron: '0 9 * * *' })
    expect(await tick(worker, seen)).toBe(0)
    await byHand`commit`
    expect(await due(worker)).toMatchObject([{ id, cron: '0 9 * * *' }])
  })
})

describe('an owner with a full queue', () => {
  test('makes the schedule wait for a minute, and say why', async () => {
    const id = await addSchedule(sql, owners)
    const { ticked_to } = await schedule(sql, id)
    await unfinished(people.owner, 100)
    await worker`select set_config('worker.fake_now', '2030-01-01T08:00:05Z', false)`
    expect(await tick(worker, await see(sql, id))).toBe(0)
    expect(await schedule(sql, id)).toMatchObject({
      error: {
        code: 'queue_full',
        message: 'You have 100 unfinished tasks, which is the limit. This is tried again each minute.',
      },
      next_at: new Date('2030-01-01T08:01:05Z'),
      paused_at: null,
      last_at: null,
      ticked_to,
    })
  })

  test('loses no tick', async () => {
    const id = await addSchedule(sql, owners)
    await unfinished(people.owner, 98)
    expect(await tick(worker, await see(sql, id), { ticks: TICKS })).toBe(2)
    expect(await schedule(sql, id)).toMatchObject({ last_at: TICKS[1], ticked_to: TICKS[1] })
    await sql`update public.agent_task_requests set status = 'cancelled'`
    expect(await tick(worker, await see(sql, id), { ticks: TICKS.slice(2) })).toBe(1)
    expect((await tasksOf(sql, id)).map(row => row.scheduled_for)).toEqual(TICKS)
    expect(await schedule(sql, id)).toMatchObject({ error: null, ticked_to: TICKS[2], next_at: NEXT })
  })

  test('holds up nobody else', async () => {
    const full = await addSchedule(sql, owners)
    const free = await addSchedule(sql, { user_id: people.colleague, enterprise_id: people.acme })
    await unfinished(people.owner, 100)
    await tick(worker, await see(sql, full))
    expect(await tick(worker, await see(sql, free))).toBe(1)
    await later(worker, '50 seconds')
    expect((await due(worker)).map(row => row.id)).toEqual([])
    await later(worker, '65 seconds')
    expect((await due(worker)).map(row => row.id)).toEqual([full])
  })
})

test('a request that the database does not take pauses its schedule', async () => {
  const id = await addSchedule(sql, { ...owners, kind: 'forbidden' })
  await sql`alter table public.agent_task_requests add constraint kind_is_allowed check (kind <> 'forbidden')`
  expect(await tick(worker, await see(sql, id))).toBe(0)
  await sql`alter table public.agent_task_requests drop constraint kind_is_allowed`
  expect(await schedule(sql, id)).toMatchObject({
    paused_at: expect.any(Date),
    error: { code: 'request_refused', message: expect.stringContaining('kind_is_allowed') },
    last_at: null,
  })
})

describe('an owner who has left the enterprise', () => {
  const LEFT = { code: 'owner_left', message: expect.stringContaining('no longer belongs') }
  let count = 0
  const addLeaver = () => addMember(sql, people.acme, `leaver-${count++}@acme.test`)

  test('has nothing submitted there any more', async () => {
    const leaver = await addLeaver()
    const id = await addSchedule(sql, { user_id: leaver, enterprise_id: people.acme })
    await removeMember(sql, leaver)
    expect(await tick(worker, await see(sql, id))).toBe(0)
    expect(await tasksOf(sql, id)).toEqual([])
    expect(await schedule(sql, id)).toMatchObject({ paused_at: expect.any(Date), error: LEFT, last_at: null })
    expect(await due(worker)).toEqual([])
  })

  test('belongs to another one in vain', async () => {
    const id = await addSchedule(sql, { user_id: people.stranger, enterprise_id: people.acme })
    expect(await tick(worker, await see(sql, id))).toBe(0)
    expect(await errorOf(id)).toEqual(LEFT)
  })

  test('keeps the schedules that are for no enterprise', async () => {
    const leaver = await addLeaver()
    const id = await addSchedule(sql, { user_id: leaver })
    await removeMember(sql, leaver)
    expect(await tick(worker, await see(sql, id))).toBe(1)
  })

  test('gets no task while leaving', async () => {
    const leaver = await addLeaver()
    const id = await addSchedule(sql, { user_id: leaver, enterprise_id: people.acme })
    const seen = await see(sql, id)
    await byHand`begin`
    await removeMember(byHand, leaver)
    const [made] = await whileWaiting(sql, tick(worker, seen), () => byHand`commit`)
    expect(made).toBe(0)
    expect(await errorOf(id)).toEqual(LEFT)
  })

  test('may be back, and resume', async () => {
    const leaver = await addLeaver()
    const id = await addSchedule(sql, { user_id: leaver, enterprise_id: people.acme })
    await removeMember(sql, leaver)
    await tick(worker, await see(sql, id))
    await sql`insert into public.enterprise_members (enterprise_id, user_id) values (${people.acme}, ${leaver})`
    await change(sql, id, { paused_at: null })
    expect(await errorOf(id)).toBeNull()
    expect(await tick(worker, await see(sql, id))).toBe(1)
  })
})

describe('the order of locks', () => {
  test('lets an owner be deleted while a tick waits', async () => {
    const id = await addSchedule(sql, { user_id: await addUser(sql, 'gone-1@liverow.test') })
    const { user_id } = await schedule(sql, id)
    const seen = await see(sql, id)
    await byHand`begin`
    await byHand`select from auth.users where id = ${String(user_id)} for update`
    const results = await whileWaiting(sql, tick(worker, seen), async () => {
      const { count } = await byHand`delete from auth.users where id = ${String(user_id)}`
      await byHand`commit`
      return count
    })
    expect(results).toEqual([0, 1])
  })

  test('lets an owner be deleted who waits for a tick', async () => {
    const id = await addSchedule(sql, { user_id: await addUser(sql, 'gone-2@liverow.test') })
    const { user_id } = await schedule(sql, id)
    const seen = await see(sql, id)
    await worker`begin`
    await worker`select private.hold_owner(${String(user_id)}, null)`
    const gone = byHand`delete from auth.users where id = ${String(user_id)}`
    const [, made] = await whileWaiting(sql, gone, async () => {
      const made = await tick(worker, seen)
      await worker`commit`
      return made
    })
    expect(made).toBe(1)
    expect(await sql`select from public.agent_task_requests`).toEqual([])
  })

  test('lets an enterprise be deleted while a tick waits', async () => {
    const [row] = await sql`insert into public.enterprises (name) values ('Hooli') returning id`
    const member = await addMember(sql, row?.id, 'member@hooli.test')
    const id = await addSchedule(sql, { user_id: member, enterprise_id: row?.id })
    const seen = await see(sql, id)
    await byHand`begin`
    await byHand`select from public.enterprises where id = ${row?.id} for update`
    const results = await whileWaiting(sql, tick(worker, seen), async () => {
      const { count } = await byHand`delete from public.enterprises where id = ${row?.id}`
      await byHand`commit`
      return count
    })
    expect(results).toEqual([0, 1])
  })
})

describe('the tasks of a schedule', () => {
  test('stay, and are still named after it, when it is deleted', async () => {
    const id = await addSchedule(sql, owners)
    await tick(worker, await see(sql, id))
    const [before] = await tasksOf(sql, id)
    await remove(sql, id)
    expect(await tasksOf(sql, id)).toEqual([before])
  })

  test('are found by an index that other requests are not in', async () => {
    const id = await addSchedule(sql, owners)
    await sql`
      insert into public.agent_task_requests (schedule_id, scheduled_for)
      select case when n = 1 then ${id}::uuid end, case when n = 1 then now() end from generate_series(1, 2000) n`
    await sql`analyze public.agent_task_requests`
    const [row] = await sql`explain (format json) select from public.agent_task_requests where schedule_id = ${id}`
    expect(JSON.stringify(row)).toContain('requests_of_schedule')
    expect(await sql`select reltuples from pg_class where relname = 'requests_of_schedule'`).toEqual([{ reltuples: 1 }])
  })
})

describe('a schedule that a worker cannot read', () => {
  test('is paused, and says why', async () => {
    const id = await addSchedule(sql, owners)
    expect(await refuse(worker, await see(sql, id))).toBe(true)
    const error = { code: 'invalid_cron', message: 'Mend it.' }
    expect(await schedule(sql, id)).toMatchObject({ paused_at: expect.any(Date), next_at: null, error })
  })

  test('is not paused when it was mended meanwhile', async () => {
    const id = await addSchedule(sql, owners)
    const seen = await see(sql, id)
    await change(sql, id, { cron: '0 9 * * *' })
    expect(await refuse(worker, seen)).toBe(false)
    expect(await schedule(sql, id)).toMatchObject({ paused_at: null, error: null })
  })
})
