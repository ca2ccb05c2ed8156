import { afterAll, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'
import { ACTORS, castAndTasks } from './cast.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)
const { people, caller } = await castAndTasks(sql)

const DENIED = { code: '42501' }
const USERS = ACTORS.filter(actor => actor !== 'anonymous')
const { acme, globex, owner, colleague, admin, stranger, platformAdmin } = people

describe('enterprises', () => {
  test.each(USERS)('%s sees the own ones only', async actor => {
    const own = {
      owner: [acme],
      colleague: [acme],
      admin: [acme],
      stranger: [globex],
      exMember: [],
      exAdmin: [],
      platformAdmin: [acme, globex],
    }
    const rows = await as(sql, caller(actor), tx => tx`select id from public.enterprises`)
    expect(rows.map(row => row.id).sort()).toEqual([...own[actor]].sort())
  })
})

describe('enterprise_members', () => {
  test.each(USERS)('%s sees the own membership, and as an admin those of the enterprise', async actor => {
    const ofAcme = [owner, colleague, admin]
    const visible = {
      owner: [owner],
      colleague: [colleague],
      admin: ofAcme,
      stranger: [stranger],
      exMember: [],
      exAdmin: [],
      platformAdmin: [...ofAcme, stranger],
    }
    const rows = await as(sql, caller(actor), tx => tx`select user_id from public.enterprise_members`)
    expect(rows.map(row => row.user_id).sort()).toEqual([...visible[actor]].sort())
  })
})

describe('platform_admins', () => {
  test.each(USERS)('%s learns only whether oneself is one', async actor => {
    const rows = await as(sql, caller(actor), tx => tx`select user_id from public.platform_admins`)
    expect(rows.map(row => row.user_id)).toEqual(actor === 'platformAdmin' ? [platformAdmin] : [])
  })
})

describe('the tables of tenants', () => {
  const TABLES = ['enterprises', 'enterprise_members', 'platform_admins']

  test.each(TABLES)('%s: the anonymous may not even ask', async table => {
    await expect(as(sql, caller('anonymous'), tx => tx`select from ${tx(`public.${table}`)}`)).rejects.toMatchObject(
      DENIED,
    )
  })

  test.each(ACTORS.flatMap(actor => TABLES.map(table => [actor, table] as const)))(
    '%s may not delete from %s',
    async (actor, table) => {
      await expect(as(sql, caller(actor), tx => tx`delete from ${tx(`public.${table}`)}`)).rejects.toMatchObject(DENIED)
    },
  )

  test.each(ACTORS)('%s may not make an enterprise', async actor => {
    const insert = as(sql, caller(actor), tx => tx`insert into public.enterprises (name) values ('Mine')`)
    await expect(insert).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('%s may not rename an enterprise', async actor => {
    const update = as(sql, caller(actor), tx => tx`update public.enterprises set name = 'Mine'`)
    await expect(update).rejects.toMatchObject(DENIED)
  })

  test.each(USERS)('%s may not join an enterprise by oneself', async actor => {
    const insert = as(
      sql,
      caller(actor),
      tx => tx`
      insert into public.enterprise_members (enterprise_id, user_id, role) values (${globex}, ${people[actor]}, 'admin')`,
    )
    await expect(insert).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('%s may not make anybody an admin', async actor => {
    const update = as(sql, caller(actor), tx => tx`update public.enterprise_members set role = 'admin'`)
    await expect(update).rejects.toMatchObject(DENIED)
  })

  test.each(USERS)('%s may not become a platform admin by oneself', async actor => {
    const insert = as(
      sql,
      caller(actor),
      tx => tx`insert into public.platform_admins (user_id) values (${people[actor]})`,
    )
    await expect(insert).rejects.toMatchObject(DENIED)
  })

  test('service_role may do all of it', async () => {
    const [row] = await as(sql, { role: 'service_role' }, async tx => {
      const [made] = await tx`insert into public.enterprises (name) values ('Initech') returning id`
      await tx`insert into public.enterprise_members (enterprise_id, user_id) values (${made?.id}, ${people.exMember})`
      await tx`update public.enterprise_members set role = 'admin' where enterprise_id = ${made?.id}`
      return tx`delete from public.enterprises where id = ${made?.id} returning name`
    })
    expect(row).toEqual({ name: 'Initech' })
  })

  test('an unknown role is refused by name', async () => {
    const update = sql`update public.enterprise_members set role = 'boss'`
    await expect(update).rejects.toMatchObject({ constraint_name: 'role_is_member_or_admin' })
  })

  test('an enterprise without a name is refused', async () => {
    const insert = sql`insert into public.enterprises (name) values ('')`
    await expect(insert).rejects.toMatchObject({ constraint_name: 'enterprise_has_a_name' })
  })
})
