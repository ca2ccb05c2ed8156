import { afterAll, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../../support/database.ts'
import { as } from '../../support/roles.ts'
import { addMember, removeMember, user } from '../arrange.ts'
import { only } from '../only.ts'
import { ACTORS, castAndTasks, SEES } from './cast.ts'

const { sql, drop } = await cloneDatabase()
afterAll(drop)
const { people, caller, nameOf, task } = await castAndTasks(sql)

const TABLES = { agent_task_requests: 'id', agent_task_steps: 'task_id', agent_task_deltas: 'task_id' }
const DENIED = { code: '42501' }

describe.each(Object.entries(TABLES))('%s', (table, column) => {
  /** The names of the tasks of which `actor` sees rows. */
  async function seenBy(actor: (typeof ACTORS)[number]) {
    const rows = await as(sql, caller(actor), tx => tx`select ${tx(column)} as task from ${tx(`public.${table}`)}`)
    return rows.map(row => nameOf(row.task)).sort()
  }

  test.each(Object.entries(SEES))('%s sees of the tasks: %j', async (actor, names) => {
    expect(await seenBy(actor as keyof typeof SEES)).toEqual(names)
  })

  test('the anonymous may not even ask', async () => {
    await expect(seenBy('anonymous')).rejects.toMatchObject(DENIED)
  })

  test('service_role sees all', async () => {
    const rows = await as(sql, { role: 'service_role' }, tx => tx`select from ${tx(`public.${table}`)}`)
    expect(rows).toHaveLength(6)
  })

  test.each(ACTORS)('%s may update no row', async actor => {
    const update = as(sql, caller(actor), tx => tx`update ${tx(`public.${table}`)} set ${tx(column)} = ${tx(column)}`)
    await expect(update).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('%s may delete no row', async actor => {
    const remove = as(sql, caller(actor), tx => tx`delete from ${tx(`public.${table}`)}`)
    await expect(remove).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('%s may not empty it', async actor => {
    await expect(as(sql, caller(actor), tx => tx`truncate ${tx(`public.${table}`)} cascade`)).rejects.toMatchObject(
      DENIED,
    )
  })
})

describe('the journal and the stream', () => {
  test.each(ACTORS)('take no step from %s', async actor => {
    const insert = as(
      sql,
      caller(actor),
      tx => tx`
      insert into public.agent_task_steps (task_id, life, attempt, key, kind, agent, name, status, started_at)
      values (${task('owner’s')}, 1, 1, 'tool:/x', 'tool', 'a', 'b', 'started', now())`,
    )
    await expect(insert).rejects.toMatchObject(DENIED)
  })

  test.each(ACTORS)('take no delta from %s', async actor => {
    const insert = as(
      sql,
      caller(actor),
      tx => tx`
      insert into public.agent_task_deltas (task_id, life, seq, kind, step_key, data, created_at)
      values (${task('owner’s')}, 1, 2, 'text', 'model::1', '{}', now())`,
    )
    await expect(insert).rejects.toMatchObject(DENIED)
  })
})

describe('service_role and the owner of the database', () => {
  test('may update and delete requests', async () => {
    const id = await as(sql, { role: 'service_role' }, async tx => {
      const [row] = await tx`insert into public.agent_task_requests (kind) values ('mine') returning id`
      await tx`update public.agent_task_requests set priority = 3 where id = ${only(row).id}`
      return only(row).id
    })
    expect(await sql`select priority from public.agent_task_requests where id = ${id}`).toEqual([{ priority: 3 }])
    await as(sql, { role: 'service_role' }, tx => tx`delete from public.agent_task_requests where id = ${id}`)
    expect(await sql`select from public.agent_task_requests where id = ${id}`).toHaveLength(0)
  })
})

describe('submitting', () => {
  function submitAs(actor: (typeof ACTORS)[number], values: Record<string, string | null>) {
    // Undone at the end, for the other tests count what is there.
    return as(sql, caller(actor), async tx => {
      await tx`savepoint before_insert`
      // Not `returning`: that asks for the right to see the row too, and so hides who may write it.
      await tx`insert into public.agent_task_requests ${tx(values)}`
      const rows = await tx`
        select user_id, enterprise_id from public.agent_task_requests order by created_at desc limit 1`
      await tx`rollback to before_insert`
      return rows
    })
  }
  const { acme, globex } = people

  test.each(['owner', 'colleague', 'admin'] as const)('%s may submit for the own enterprise', async actor => {
    const [row] = await submitAs(actor, { enterprise_id: acme })
    expect(row).toEqual({ user_id: people[actor], enterprise_id: acme })
  })

  test.each(ACTORS.filter(actor => actor !== 'anonymous'))('%s may submit for no enterprise', async actor => {
    expect(await submitAs(actor, { kind: 'assistant' })).toMatchObject([{ enterprise_id: null }])
  })

  test.each(['stranger', 'exMember', 'exAdmin', 'platformAdmin'] as const)(
    '%s may not submit for a foreign enterprise',
    async actor => {
      await expect(submitAs(actor, { enterprise_id: acme })).rejects.toMatchObject(DENIED)
    },
  )

  test.each(ACTORS.filter(actor => actor !== 'owner'))("%s may not submit in the owner's name", async actor => {
    await expect(submitAs(actor, { user_id: people.owner })).rejects.toMatchObject(DENIED)
  })

  test('nobody may submit in nobody’s name', async () => {
    await expect(submitAs('owner', { user_id: null })).rejects.toMatchObject(DENIED)
  })

  test('a member may not submit for an enterprise that does not exist', async () => {
    await expect(submitAs('owner', { enterprise_id: people.owner })).rejects.toMatchObject(DENIED)
  })

  test('a member of both may submit for either', async () => {
    const both = await addMember(sql, acme, 'both@acme.test')
    await sql`insert into public.enterprise_members (enterprise_id, user_id) values (${globex}, ${both})`
    for (const enterprise of [acme, globex]) {
      const insert = as(
        sql,
        user(both),
        tx => tx`insert into public.agent_task_requests (enterprise_id) values (${enterprise}) returning id`,
      )
      const [row] = await insert
      await sql`delete from public.agent_task_requests where id = ${only(row).id}`
    }
  })

  test('the anonymous may not submit', async () => {
    await expect(submitAs('anonymous', { kind: 'assistant' })).rejects.toMatchObject(DENIED)
  })

  test('a token without a user may not submit', async () => {
    const insert = as(sql, { role: 'authenticated' }, tx => tx`insert into public.agent_task_requests default values`)
    await expect(insert).rejects.toMatchObject(DENIED)
  })
})

describe('a right that is taken away', () => {
  const seen = (id: string) => as(sql, user(id), tx => tx`select from public.agent_task_requests`)

  test('is gone at once in the same token: an enterprise admin', async () => {
    const id = await addMember(sql, people.acme, 'leaving-admin@acme.test', 'admin')
    expect(await seen(id)).toHaveLength(3)
    await removeMember(sql, id)
    expect(await seen(id)).toHaveLength(0)
  })

  test('is gone at once in the same token: an admin made a member', async () => {
    const id = await addMember(sql, people.acme, 'demoted@acme.test', 'admin')
    await sql`update public.enterprise_members set role = 'member' where user_id = ${id}`
    expect(await seen(id)).toHaveLength(0)
  })

  test('is gone at once in the same token: a platform admin', async () => {
    const id = await addMember(sql, people.globex, 'leaving-root@liverow.test')
    await sql`insert into public.platform_admins (user_id) values (${id})`
    expect(await seen(id)).toHaveLength(6)
    await sql`delete from public.platform_admins where user_id = ${id}`
    expect(await seen(id)).toHaveLength(0)
  })

  test('cannot be claimed in a token', async () => {
    const claims = {
      app_metadata: { role: 'admin', platform_admin: true },
      enterprise_id: people.acme,
      user_role: 'admin',
    }
    const rows = await as(sql, { ...user(people.stranger), claims }, tx => tx`select from public.agent_task_requests`)
    expect(rows).toHaveLength(1)
  })
})
