import { beforeEach, describe, expect, test } from 'vitest'
import { addUser, as } from '../../support/roles.ts'
import { addPeople, setScene, user } from '../arrange.ts'
import { only } from '../only.ts'
import { addSchedule, change, NEXT, schedule, see, TICKS, tick } from './arrange.ts'

const { sql, worker } = await setScene()
const people = await addPeople(sql)
const owners = { user_id: people.owner, enterprise_id: people.acme }

beforeEach(async () => {
  await sql`delete from public.agent_task_schedules`
})

const FORGED = { version: 99, next_at: NEXT, last_at: NEXT, ticked_to: NEXT, created_at: NEXT, updated_at: NEXT }
const past = new Date('2001-01-01')

/** A schedule that has ticked, and knows when it will again. */
async function addTicked(values: Record<string, unknown> = {}): Promise<string> {
  const id = await addSchedule(sql, { ...owners, ...values })
  await tick(worker, await see(sql, id))
  return id
}

describe('a new schedule', () => {
  test('needs a name and five fields, and comes from whoever is signed in', async () => {
    const values = { name: 'Hourly', cron: '0 * * * *' }
    const insert = as(
      sql,
      user(people.owner),
      tx => tx`
      insert into public.agent_task_schedules ${tx(values)} returning *`,
    )
    expect(only((await insert)[0])).toMatchObject({
      ...values,
      user_id: people.owner,
      enterprise_id: null,
      time_zone: 'UTC',
      kind: 'assistant',
      request_payload: {},
      priority: 0,
      backfill: 'latest',
      paused_at: null,
      next_at: null,
      last_at: null,
      error: null,
      version: '1',
    })
  })

  test('keeps nothing that only the queue may say', async () => {
    const before = Date.now()
    const row = await schedule(sql, await addSchedule(sql, { ...owners, ...FORGED, error: { code: 'forged' } }))
    expect(row).toMatchObject({ version: '1', next_at: null, last_at: null, error: null })
    for (const column of ['ticked_to', 'created_at', 'updated_at']) {
      expect(Math.abs(Number(row[column]) - before), column).toBeLessThan(60_000)
    }
  })

  test('may begin paused, from now', async () => {
    const row = await schedule(sql, await addSchedule(sql, { ...owners, paused_at: past }))
    expect(row.paused_at).toEqual(row.created_at)
  })

  test.each([
    'Europe/Berlin',
    'America/New_York',
    'America/Argentina/Buenos_Aires',
    'Asia/Kolkata',
    'Etc/GMT+5',
    'UTC',
  ])('may be in the time zone %s', async time_zone => {
    expect(await schedule(sql, await addSchedule(sql, { ...owners, time_zone }))).toMatchObject({ time_zone })
  })

  test.each(['', 'Europe/Berlln', 'europe/berlin', 'CEST', 'UTC+2', 'Foo/Bar+3', '../../etc/passwd', "'"])(
    'cannot be in the time zone "%s"',
    async time_zone => {
      await expect(addSchedule(sql, { ...owners, time_zone })).rejects.toMatchObject({
        code: '22023',
        message: `There is no time zone "${time_zone}".`,
        hint: expect.stringContaining('Europe/Berlin'),
      })
    },
  )

  test.each(['*/5 9-17 * * MON-FRI', '0 0 L * *', '0 0 15W * *', '0 9 * * 1#1', '0,30 8,20 1,15 1-6 +MON'])(
    'may say %s',
    async cron => {
      expect(await schedule(sql, await addSchedule(sql, { ...owners, cron }))).toMatchObject({ cron })
    },
  )

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '0 8  * * *',
    ' 0 8 * * *',
    '0 8 * * *\n',
    '0 8 * * ?',
    '@daily',
    '2030-01-01T08:00:00Z',
    `0 8 * * ${'1,'.repeat(100)}1`,
  ])('cannot say %j', async cron => {
    await expect(addSchedule(sql, { ...owners, cron })).rejects.toMatchObject({
      constraint_name: 'cron_has_five_fields',
    })
  })

  test.each([
    [{ name: '' }, 'schedule_has_a_name'],
    [{ name: 'x'.repeat(201) }, 'schedule_has_a_name'],
    [{ kind: 'Not A Kind' }, 'kind_is_a_lower_case_name'],
    [{ priority: 10 }, 'priority_is_from_0_to_9'],
    [{ backfill: 'some' }, 'backfill_is_known'],
  ])('cannot have %o', async (values, constraint_name) => {
    await expect(addSchedule(sql, { ...owners, ...values })).rejects.toMatchObject({ constraint_name })
  })

  test.each([
    ['no object', [1, 2]],
    ['too large', { prompt: 'x'.repeat(262_144) }],
    ['nested too deep', JSON.parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)],
  ])('cannot have a payload that is %s', async (_, payload) => {
    const request_payload = sql.json(payload)
    await expect(addSchedule(sql, { ...owners, request_payload })).rejects.toMatchObject({ code: '22023' })
    const id = await addSchedule(sql, owners)
    await expect(change(sql, id, { request_payload })).rejects.toMatchObject({ code: '22023' })
  })
})

describe('the number of schedules', () => {
  const fill = (id: string, count: number) =>
    sql`insert into public.agent_task_schedules (user_id, name, cron)
      select ${id}, 'x', '0 8 * * *' from generate_series(1, ${count}::integer)`

  test('is at most fifty a user', async () => {
    await fill(people.owner, 50)
    await expect(addSchedule(sql, owners)).rejects.toMatchObject({
      code: 'PT429',
      message: 'You have 50 schedules, which is the limit.',
    })
    await addSchedule(sql, { user_id: people.colleague })
  })

  test('is refused to a user, too, and told of nobody else', async () => {
    await fill(people.owner, 50)
    const add = (by: string) =>
      as(sql, user(by), tx => {
        const row = { user_id: people.owner, name: 'x', cron: '0 8 * * *' }
        return tx`insert into public.agent_task_schedules ${tx(row)}`
      })
    await expect(add(people.owner)).rejects.toMatchObject({ code: 'PT429' })
    await expect(add(people.stranger)).rejects.toMatchObject({ code: '42501' })
  })

  test('lets a schedule be changed at the limit', async () => {
    const id = await addSchedule(sql, owners)
    await fill(people.owner, 49)
    await change(sql, id, { name: 'Renamed' })
  })
})

describe('an edit', () => {
  test.each([{ cron: '0 9 * * *' }, { time_zone: 'Europe/Berlin' }])(
    'of %o begins anew: what was missed before is dropped',
    async values => {
      const id = await addTicked()
      await sql`update public.agent_task_schedules set error = '{"code": "queue_full"}' where id = ${id}`
      await change(sql, id, values)
      const row = await schedule(sql, id)
      expect(row).toMatchObject({ ...values, next_at: null, error: null, last_at: TICKS[0] })
      expect(row.ticked_to).toEqual(row.updated_at)
    },
  )

  test('of the backfill has a worker look again at what is not yet dealt with', async () => {
    const id = await addTicked()
    await change(sql, id, { backfill: 'all' })
    expect(await schedule(sql, id)).toMatchObject({ next_at: null, ticked_to: TICKS[0] })
  })

  test.each([
    { name: 'Renamed' },
    { request_payload: sql.json({ prompt: 'Else?' }) },
    { priority: 9 },
    { kind: 'course' },
  ])('of anything else leaves the hour as it is: %o', async values => {
    const id = await addTicked()
    const { version } = await schedule(sql, id)
    await change(sql, id, values)
    const after = { next_at: NEXT, ticked_to: TICKS[0], version: String(Number(version) + 1) }
    expect(await schedule(sql, id)).toMatchObject(after)
  })

  test('to a time zone that does not exist is refused', async () => {
    const id = await addSchedule(sql, owners)
    await expect(change(sql, id, { time_zone: 'Mars/Olympus' })).rejects.toMatchObject({ code: '22023' })
  })
})

describe('a pause', () => {
  test('begins now, whatever moment is sent, and has no next tick', async () => {
    const id = await addTicked()
    await change(sql, id, { paused_at: past })
    const row = await schedule(sql, id)
    expect(row).toMatchObject({ paused_at: row.updated_at, next_at: null })
  })

  test('that lasts already stays as it began', async () => {
    const id = await addTicked()
    await change(sql, id, { paused_at: past })
    const { paused_at } = await schedule(sql, id)
    await change(sql, id, { paused_at: NEXT, name: 'Renamed' })
    expect(await schedule(sql, id)).toMatchObject({ paused_at, name: 'Renamed' })
  })

  test.each(['latest', 'all'])('leaves what it missed to be made up for: %s', async backfill => {
    const id = await addTicked({ backfill })
    await change(sql, id, { paused_at: past })
    await change(sql, id, { paused_at: null })
    expect(await schedule(sql, id)).toMatchObject({ paused_at: null, next_at: null, error: null, ticked_to: TICKS[0] })
  })

  test('leaves nothing to be made up for: skip', async () => {
    const id = await addTicked({ backfill: 'skip' })
    await change(sql, id, { paused_at: past })
    await change(sql, id, { paused_at: null })
    const row = await schedule(sql, id)
    expect(row).toMatchObject({ paused_at: null, ticked_to: row.updated_at })
  })
})

test('schedules go with their user and with their enterprise', async () => {
  const gone = await addUser(sql, 'gone@liverow.test')
  await addSchedule(sql, { user_id: gone })
  const [row] = await sql`insert into public.enterprises (name) values ('Hooli') returning id`
  await addSchedule(sql, { ...owners, enterprise_id: row?.id })
  await sql`delete from auth.users where id = ${gone}`
  await sql`delete from public.enterprises where id = ${row?.id}`
  expect(await sql`select from public.agent_task_schedules`).toEqual([])
})
