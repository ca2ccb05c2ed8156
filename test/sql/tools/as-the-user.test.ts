import type postgres from 'postgres'
import { beforeEach, describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, request, setScene, submit, submitAndClaim, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, type Held, runTool } from '../verbs.ts'
import { makeTool, makeTools } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const ofStranger = { user_id: people.stranger, enterprise_id: people.globex }
await makeTools(sql)

beforeEach(() => sql`truncate public.notes`)

const SETTINGS = [
  'role',
  'request.jwt.claims',
  'request.jwt.claim',
  'request.jwt.claim.sub',
  'request.jwt.claim.role',
  'request.jwt.claim.email',
]
const whoami = async (session: postgres.Sql) => [
  ...(await session`select name, coalesce(current_setting(name, true), '') as value from unnest(${SETTINGS}::text[]) name`),
  only((await session`select current_user::text, auth.uid(), auth.role()`)[0]),
]

/** The session before and after, of which the caller compares. */
async function around(session: postgres.Sql, act: () => Promise<unknown>) {
  const before = await whoami(session)
  await act()
  return { before, after: await whoami(session) }
}

const read = async (held: Held, session = worker) =>
  (await runTool(session, held, { name: 'list_notes', key: crypto.randomUUID() })).output
const write = (held: Held, text: string, session = worker) =>
  runTool(session, held, { name: 'add_note', key: crypto.randomUUID(), input: { text } })

describe('a tool of SQL', () => {
  test('sees what its user may see, and nothing else', async () => {
    await sql`insert into public.notes (user_id, text) values (${people.owner}, 'mine'), (${people.stranger}, 'theirs'), (null, 'nobody’s')`
    expect(await read(await submitAndClaim(scene, ofOwner))).toEqual(['mine'])
    expect(await read(await submitAndClaim(scene, ofStranger))).toEqual(['theirs'])
  })

  test('writes in the name of its user, and cannot in that of another', async () => {
    await makeTool(
      sql,
      'forge',
      `insert into public.notes (user_id, text) values ((p_input ->> 'as')::uuid, 'forged'); return null`,
    )
    const held = await submitAndClaim(scene, ofOwner)
    await write(held, 'mine')
    const { output } = await runTool(worker, held, { name: 'forge', input: { as: people.stranger } })
    expect(output).toEqual({ error: expect.stringContaining('violates row-level security policy') })
    expect(await sql`select user_id, text from public.notes`).toEqual([{ user_id: people.owner, text: 'mine' }])
  })

  test('acts for nobody in a task of nobody', async () => {
    await sql`insert into public.notes (user_id, text) values (${people.owner}, 'mine'), (null, 'nobody’s')`
    const held = await submitAndClaim(scene)
    expect(await read(held)).toBeNull()
    expect((await write(held, 'x')).output).toEqual({ error: expect.stringContaining('row-level security') })
    expect(await sql`select from public.notes`).toHaveLength(2)
  })

  test('is the user in every respect, whoever the server says it is', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    const server = { role: 'service_role', sub: people.platformAdmin }
    for (const [name, value] of [
      ['request.jwt.claims', JSON.stringify(server)],
      ['request.jwt.claim', JSON.stringify(server)],
      ['request.jwt.claim.sub', people.platformAdmin],
      ['request.jwt.claim.role', 'service_role'],
      ['request.jwt.claim.email', 'root@liverow.test'],
    ] as const)
      await worker`select set_config(${name}, ${value}, true)`
    const { before, after } = await around(worker, async () => {
      expect((await runTool(worker, held, { name: 'who_am_i' })).output).toEqual({
        user: 'authenticated',
        setting: 'authenticated',
        uid: people.owner,
        role: 'authenticated',
        email: null,
        jwt: { sub: people.owner, role: 'authenticated' },
      })
    })
    expect(after).toEqual(before)
    expect(before).toContainEqual({ name: 'request.jwt.claim.role', value: 'service_role' })
    await worker`commit`
  })

  test('has no say over the tasks of others, though it runs on a server', async () => {
    await makeTool(sql, 'cancel', `perform public.cancel_agent_task((p_input ->> 'task')::uuid); return null`)
    const others = await submit(sql, ofStranger)
    const held = await submitAndClaim(scene, ofOwner)
    const { output } = await runTool(worker, held, { name: 'cancel', input: { task: others } })
    expect(output).toEqual({ error: `There is no task ${others} that you may act on.` })
    expect(await request(sql, others)).toMatchObject({ status: 'pending', cancel_requested_at: null })
  })
})

describe('after a tool of SQL', () => {
  const ENDS = [
    ['that gave a result', `return '1'`],
    ['that refused', `raise exception 'No.'`],
  ] as const

  test.each(ENDS)('%s, the session is who it was', async (_what, body) => {
    await makeTool(sql, 'ends', body)
    const held = await submitAndClaim(scene, ofOwner)
    await worker`begin`
    const { before, after } = await around(worker, () => runTool(worker, held, { name: 'ends' }))
    await worker`commit`
    expect(after).toEqual(before)
    expect(after.at(-1)).toEqual({ current_user: 'service_role', uid: null, role: null })
  })

  test('that failed, the session is who it was', async () => {
    await makeTool(sql, 'ends', `raise exception 'Deadlock.' using errcode = '40P01'`)
    const held = await submitAndClaim(scene, ofOwner)
    const { before, after } = await around(worker, () => runTool(worker, held, { name: 'ends' }).catch(() => undefined))
    expect(after).toEqual(before)
    expect(after.at(-1)).toEqual({ current_user: 'service_role', uid: null, role: null })
  })

  test('nothing is left of the user on a connection that took on no role', async () => {
    const superuser = await connect()
    const held = await submitAndClaim(scene, ofOwner)
    const { before, after } = await around(superuser, () => write(held, 'x', superuser))
    expect(after).toEqual(before)
    expect(after[0]).toEqual({ name: 'role', value: 'none' })
  })

  test('one connection serves the tasks of two users in turn, and each sees its own', async () => {
    const [mine, theirs, nobodys] = [
      await submitAndClaim(scene, ofOwner),
      await submitAndClaim(scene, ofStranger),
      await submitAndClaim(scene),
    ]
    await write(mine, 'mine')
    await write(theirs, 'theirs')
    await makeTool(sql, 'fails', `raise exception 'Deadlock.' using errcode = '40P01'`)
    for (let turn = 0; turn < 3; turn++) {
      expect(await read(mine)).toEqual(['mine'])
      await runTool(worker, mine, { name: 'fails', key: 'tool:/x' }).catch(() => undefined)
      expect(await read(nobodys)).toBeNull()
      expect(await read(theirs)).toEqual(['theirs'])
    }
    expect((await whoami(worker)).at(-1)).toEqual({ current_user: 'service_role', uid: null, role: null })
  })
})

describe('a tool of SQL that would be more', () => {
  /** The session users that a worker may have: with a direct connection, and behind the Data API. */
  async function asSessionUser<T>(kind: string, act: (session: postgres.Sql) => Promise<T>): Promise<T> {
    const session = await connect()
    if (kind === 'authenticator') {
      await session`set session authorization authenticator`
      await session`set role service_role`
    }
    return act(session)
  }

  describe.each(['postgres', 'authenticator'])('on a connection of %s', kind => {
    test.each([
      ['reset role', `execute 'reset role'`],
      ['set role', `execute 'set role service_role'`],
      ['set local role', `execute 'set local role service_role'`],
      ['a setting', `perform set_config('role', 'service_role', true)`],
      ['a setting for the session', `perform set_config('role', 'none', false)`],
      ['reset all', `execute 'reset all'; perform from worker.queue`],
      ['the authorization', `execute 'reset session authorization'`],
      ['another authorization', `execute 'set session authorization postgres'`],
      [
        'a swallowed error',
        `begin execute 'reset role'; exception when others then null; end; perform from worker.queue`,
      ],
    ])('cannot by %s', async (_way, body) => {
      await makeTool(sql, 'escape', `${body}; delete from public.notes; return to_jsonb(current_user::text)`)
      await sql`insert into public.notes (user_id, text) values (${people.stranger}, 'theirs')`
      const held = await submitAndClaim(scene, ofOwner)
      const after = await asSessionUser(kind, async session => {
        const { before, after } = await around(session, async () => {
          const { output } = await runTool(session, held, { name: 'escape' })
          expect(output).toEqual({ error: expect.stringMatching(/cannot set parameter|permission denied/) })
        })
        expect(after).toEqual(before)
        return after
      })
      expect(after.at(-1)).toMatchObject({ current_user: kind === 'postgres' ? 'postgres' : 'service_role' })
      expect(await sql`select from public.notes`).toHaveLength(1)
    })
  })

  test('cannot alter the function that it is called in so as to get out next time', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    await makeTool(sql, 'escape', `execute 'alter function private.call_tool security invoker'; return '1'`)
    await runTool(worker, held, { name: 'escape' })
    await makeTool(sql, 'escape', `execute 'reset role'; return to_jsonb(current_user::text)`)
    const again = runTool(worker, held, { name: 'escape', key: 'tool:/call_2' })
    await expect(again).rejects.toMatchObject({ code: '55000' })
    await sql`alter function private.call_tool security definer`
    expect((await whoami(worker)).at(-1)).toEqual({ current_user: 'service_role', uid: null, role: null })
  })

  test('cannot replace the function that it is called in', async () => {
    const held = await submitAndClaim(scene, ofOwner)
    const body = `create or replace function private.call_tool(p_tool text, p_task uuid, p_input jsonb) returns jsonb language sql as 'select null::jsonb'`
    await makeTool(sql, 'escape', `execute '${body.replaceAll("'", "''")}'; return '1'`)
    const { output } = await runTool(worker, held, { name: 'escape' })
    expect(output).toEqual({ error: 'permission denied for schema private' })
  })

  test('is nobody else when a user calls it without a worker', async () => {
    await sql`insert into public.notes (user_id, text) values (${people.stranger}, 'theirs')`
    const task = await submit(sql, ofStranger)
    await claimOne(worker)
    const [row] = await as(
      sql,
      user(people.owner),
      tx => tx`select private.call_tool('list_notes', ${task}, '{}') as notes`,
    )
    expect(row).toEqual({ notes: null })
  })
})
