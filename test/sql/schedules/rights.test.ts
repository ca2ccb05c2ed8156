import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'
import { removeMember } from '../arrange.ts'
import { ACTORS, type Actor, castAndTasks } from '../rights/cast.ts'
import { addSchedule, NEXT, schedule } from './arrange.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)
const { people, caller } = await castAndTasks(sql)
const { acme, globex } = people

const DENIED = { code: '42501' }
const USERS = ACTORS.filter(actor => actor !== 'anonymous')

/** Whose each schedule is, and for which enterprise. */
const SCHEDULES = {
  'owner’s': { user_id: people.owner, enterprise_id: acme },
  'owner’s private': { user_id: people.owner },
  'colleague’s': { user_id: people.colleague, enterprise_id: acme },
  'exMember’s': { user_id: people.exMember, enterprise_id: acme },
  'stranger’s': { user_id: people.stranger, enterprise_id: globex },
}

beforeEach(async () => {
  await sql`delete from public.agent_task_schedules`
  for (const [name, values] of Object.entries(SCHEDULES)) await addSchedule(sql, { name, ...values })
})

const names = (rows: Record<string, unknown>[]) => rows.map(row => row.name).sort()

/** Does as the actor, and gives the names of the rows that were met. */
async function update(actor: Actor, values: Record<string, unknown>) {
  const rows = await as(
    sql,
    caller(actor),
    tx => tx`
    update public.agent_task_schedules set ${tx(values)} returning name`,
  )
  return names(rows)
}

function insert(actor: Actor, values: Record<string, unknown>) {
  const row = { name: 'New', cron: '0 8 * * *', ...values }
  return as(sql, caller(actor), tx => tx`insert into public.agent_task_schedules ${tx(row)}`)
}

describe('seeing', () => {
  test.each(
    Object.entries({
      owner: ['owner’s', 'owner’s private'],
      colleague: ['colleague’s'],
      admin: ['colleague’s', 'exMember’s', 'owner’s'],
      stranger: ['stranger’s'],
      exMember: ['exMember’s'],
      exAdmin: [],
      platformAdmin: Object.keys(SCHEDULES).sort(),
    }),
  )('%s sees %j', async (actor, expected) => {
    const rows = await as(sql, caller(actor as Actor), tx => tx`select name from public.agent_task_schedules`)
    expect(names(rows)).toEqual(expected)
  })

  test('the anonymous may not even ask', async () => {
    const ask = as(sql, caller('anonymous'), tx => tx`select from public.agent_task_schedules`)
    await expect(ask).rejects.toMatchObject(DENIED)
  })

  test('service_role sees all', async () => {
    const rows = await as(sql, { role: 'service_role' }, tx => tx`select from public.agent_task_schedules`)
    expect(rows).toHaveLength(5)
  })
})

describe('making', () => {
  test.each(['owner', 'colleague', 'admin'] as const)('%s may for the own enterprise', async actor => {
    await insert(actor, { enterprise_id: acme })
    expect(await sql`select user_id from public.agent_task_schedules where name = 'New'`).toEqual([
      { user_id: people[actor] },
    ])
  })

  test.each(USERS)('%s may for no enterprise', async actor => {
    await insert(actor, {})
  })

  test.each(['stranger', 'exMember', 'exAdmin', 'platformAdmin'] as const)(
    '%s may not for a foreign enterprise',
    async actor => {
      await expect(insert(actor, { enterprise_id: acme })).rejects.toMatchObject(DENIED)
    },
  )

  test.each(ACTORS.filter(actor => actor !== 'owner'))("%s may not in the owner's name", async actor => {
    await expect(insert(actor, { user_id: people.owner })).rejects.toMatchObject(DENIED)
  })

  test('the anonymous may not', async () => {
    await expect(insert('anonymous', {})).rejects.toMatchObject(DENIED)
  })

  test.each(['next_at', 'last_at', 'ticked_to', 'created_at', 'updated_at'])('nobody may say %s', async column => {
    await expect(insert('owner', { [column]: NEXT })).rejects.toMatchObject(DENIED)
  })

  test.each([{ error: { code: 'forged' } }, { version: 7 }])('nobody may say %o', async values => {
    await expect(insert('owner', values)).rejects.toMatchObject(DENIED)
  })
})

describe('changing', () => {
  const OWN = {
    owner: ['owner’s', 'owner’s private'],
    colleague: ['colleague’s'],
    admin: [],
    stranger: ['stranger’s'],
    exMember: [],
    exAdmin: [],
    platformAdmin: [],
  }

  test.each(Object.entries(OWN))('%s changes %j, however many are seen', async (actor, expected) => {
    expect(await update(actor as Actor, { priority: 3 })).toEqual(expected)
    expect(names(await sql`select name from public.agent_task_schedules where priority = 3`)).toEqual(expected)
  })

  test.each(Object.entries(OWN))('%s pauses and resumes %j', async (actor, expected) => {
    expect(await update(actor as Actor, { paused_at: NEXT })).toEqual(expected)
    expect(await update(actor as Actor, { paused_at: null })).toEqual(expected)
  })

  test('the owner may change what it says and when', async () => {
    const values = {
      name: 'owner’s',
      cron: '5 * * * *',
      time_zone: 'Europe/Berlin',
      kind: 'course',
      request_payload: sql.json({ topic: 'Tides' }),
      priority: 1,
      backfill: 'all',
      paused_at: null,
    }
    await as(
      sql,
      caller('owner'),
      tx => tx`
      update public.agent_task_schedules set ${tx(values)} where enterprise_id is not null`,
    )
  })

  test.each(['next_at', 'last_at', 'ticked_to', 'created_at', 'updated_at'])('nobody changes %s', async column => {
    await expect(update('owner', { [column]: NEXT })).rejects.toMatchObject(DENIED)
  })

  test.each(['id', 'user_id', 'enterprise_id'] as const)('nobody changes %s', async column => {
    await expect(update('owner', { [column]: globex })).rejects.toMatchObject(DENIED)
  })

  test.each([{ error: { code: 'forged' } }, { version: 7 }])('nobody changes %o', async values => {
    await expect(update('owner', values)).rejects.toMatchObject(DENIED)
  })

  test('the anonymous may not', async () => {
    await expect(update('anonymous', { priority: 3 })).rejects.toMatchObject(DENIED)
  })

  test('whoever has left cannot resume what the queue has paused', async () => {
    await sql`update public.agent_task_schedules set paused_at = now() where name = 'exMember’s'`
    expect(await update('exMember', { paused_at: null })).toEqual([])
  })
})

describe('deleting', () => {
  test.each(
    Object.entries({
      owner: ['owner’s', 'owner’s private'],
      colleague: ['colleague’s'],
      admin: [],
      stranger: ['stranger’s'],
      exMember: ['exMember’s'],
      exAdmin: [],
      platformAdmin: [],
    }),
  )('%s deletes %j', async (actor, expected) => {
    const rows = await as(
      sql,
      caller(actor as Actor),
      tx => tx`
      delete from public.agent_task_schedules returning name`,
    )
    expect(names(rows)).toEqual(expected)
  })

  test('the anonymous may not', async () => {
    const remove = as(sql, caller('anonymous'), tx => tx`delete from public.agent_task_schedules`)
    await expect(remove).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('%s may not empty the table', async actor => {
    await expect(as(sql, caller(actor), tx => tx`truncate public.agent_task_schedules`)).rejects.toMatchObject(DENIED)
  })
})

describe('a task', () => {
  test.each(USERS)('cannot be called the task of a schedule by %s', async actor => {
    const forge = as(
      sql,
      caller(actor),
      tx => tx`
      insert into public.agent_task_requests (schedule_id, scheduled_for) values (gen_random_uuid(), now())`,
    )
    await expect(forge).rejects.toMatchObject(DENIED)
  })
})

test('a right to see that is taken away is gone at once', async () => {
  await removeMember(sql, people.admin)
  expect(await as(sql, caller('admin'), tx => tx`select from public.agent_task_schedules`)).toHaveLength(0)
})

test('service_role may change all of it', async () => {
  const id = await addSchedule(sql, { user_id: people.owner })
  await as(
    sql,
    { role: 'service_role' },
    tx => tx`update public.agent_task_schedules set next_at = ${NEXT} where id = ${id}`,
  )
  expect(await schedule(sql, id)).toMatchObject({ next_at: NEXT })
})
