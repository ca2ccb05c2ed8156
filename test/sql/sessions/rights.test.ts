import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addMember, addPeople, removeMember, request, setScene, user } from '../arrange.ts'
import { only } from '../only.ts'
import { claimOne, settle } from '../verbs.ts'
import { begin, freeze, said, say } from './arrange.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const owner = user(people.owner)
const SERVER: Caller = { role: 'service_role' }
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const FORBIDDEN = { code: '42501' }

type Person = 'owner' | 'colleague' | 'admin' | 'stranger' | 'platformAdmin'
const PERSONS: Person[] = ['owner', 'colleague', 'admin', 'stranger', 'platformAdmin']

/** A member who has left, with a conversation of the time before. */
async function exMember(name: string) {
  const id = await addMember(sql, people.acme, `${name}@acme.test`)
  const session = await begin(sql, { user_id: id, enterprise_id: people.acme })
  await removeMember(sql, id)
  return { caller: user(id), session }
}

describe('a session', () => {
  test.each([
    ['owner', ofOwner],
    ['owner', { enterprise_id: null }],
    ['admin', { enterprise_id: people.acme, on_busy: 'reject', title: 'Tides' }],
  ] as const)('is begun by the %s in the own name: %j', async (person, values) => {
    const rows = await as(
      sql,
      user(people[person]),
      tx => tx`insert into public.agent_sessions ${tx({ title: null, ...values })} returning user_id, on_busy`,
    )
    expect(rows).toMatchObject([{ user_id: people[person] }])
  })

  test.each([
    ['colleague', ofOwner],
    ['stranger', { enterprise_id: people.acme }],
    ['platformAdmin', { enterprise_id: people.acme }],
  ] as const)('is not begun by the %s for others: %j', async (person, values) => {
    const insert = as(sql, user(people[person]), tx => tx`insert into public.agent_sessions ${tx(values)}`)
    await expect(insert).rejects.toMatchObject(FORBIDDEN)
  })

  test('is seen by its owner and those who look after it, with what was said', async () => {
    const id = await begin(sql, ofOwner)
    await say(sql, owner, id, { enterprise_id: people.acme })
    const held = await claimOne(worker)
    await freeze(worker, held, said('A?'))
    await settle(worker, { ...held, outcome: 'completed' })
    for (const person of PERSONS) {
      const rows = ['owner', 'admin', 'platformAdmin'].includes(person) ? 1 : 0
      const caller = user(people[person])
      expect(await as(sql, caller, tx => tx`select from public.agent_sessions where id = ${id}`), person).toHaveLength(
        rows,
      )
      expect(
        await as(sql, caller, tx => tx`select from public.agent_session_items where session_id = ${id}`),
        person,
      ).toHaveLength(rows)
    }
  })

  test('is changed and deleted by its owner alone', async () => {
    const id = await begin(sql, ofOwner)
    for (const person of PERSONS.filter(each => each !== 'owner')) {
      const caller = user(people[person])
      const changed = await as(
        sql,
        caller,
        tx => tx`update public.agent_sessions set title = 'Mine' where id = ${id} returning id`,
      )
      expect(changed, person).toHaveLength(0)
      expect(await as(sql, caller, tx => tx`delete from public.agent_sessions returning id`), person).toHaveLength(0)
    }
    const change = as(
      sql,
      owner,
      tx => tx`update public.agent_sessions set title = 'Mine', on_busy = 'reject' where id = ${id} returning title`,
    )
    expect(await change).toEqual([{ title: 'Mine' }])
    expect(await as(sql, owner, tx => tx`delete from public.agent_sessions where id = ${id} returning id`)).toEqual([
      { id },
    ])
  })

  test.each(['user_id', 'enterprise_id'])('is not given away: %s', async column => {
    const id = await begin(sql, ofOwner)
    const change = as(
      sql,
      owner,
      tx => tx`update public.agent_sessions set ${tx(column)} = ${people.stranger} where id = ${id}`,
    )
    await expect(change).rejects.toMatchObject(FORBIDDEN)
  })

  test('of whoever has left is read by them, and no more', async () => {
    const { caller, session } = await exMember('reader')
    expect(await as(sql, caller, tx => tx`select id from public.agent_sessions`)).toEqual([{ id: session }])
    expect(await as(sql, caller, tx => tx`update public.agent_sessions set title = 'x' returning id`)).toHaveLength(0)
    expect(await as(sql, caller, tx => tx`delete from public.agent_sessions returning id`)).toHaveLength(0)
  })

  test.each(PERSONS)('has items that nobody writes by hand: %s', async person => {
    const caller = user(people[person])
    const id = await begin(sql, ofOwner)
    await expect(
      as(
        sql,
        caller,
        tx => tx`
          insert into public.agent_session_items (session_id, seq, kind, item, created_at)
          values (${id}, 1, 'item', '{}', now())`,
      ),
    ).rejects.toMatchObject(FORBIDDEN)
    await expect(as(sql, caller, tx => tx`update public.agent_session_items set item = '{}'`)).rejects.toMatchObject(
      FORBIDDEN,
    )
    await expect(as(sql, caller, tx => tx`delete from public.agent_session_items`)).rejects.toMatchObject(FORBIDDEN)
  })

  test.each(['agent_sessions', 'agent_session_items'])('is closed to the anonymous: %s', async table => {
    await expect(as(sql, { role: 'anon' }, tx => tx`select from ${tx(`public.${table}`)}`)).rejects.toMatchObject(
      FORBIDDEN,
    )
  })

  test.each([
    [{ on_busy: 'panic' }, 'on_busy_is_known'],
    [{ title: 'x'.repeat(201) }, 'title_is_short'],
  ])('is refused when it is malformed: %#', async (values, constraint_name) => {
    await expect(begin(sql, { ...ofOwner, ...values })).rejects.toMatchObject({ constraint_name })
  })
})

describe('submitting to a session', () => {
  const inAcme = { enterprise_id: people.acme }

  test('of somebody else is refused, as if it were not there, and disturbs nothing', async () => {
    const id = await begin(sql, { ...ofOwner, on_busy: 'interrupt' })
    const task = await say(sql, owner, id, inAcme)
    const heard = new Set<string>()
    for (const person of PERSONS.filter(each => each !== 'owner'))
      for (const session of [id, crypto.randomUUID()])
        for (const values of [{}, inAcme, { ...inAcme, user_id: people.owner }, { ...inAcme, user_id: null }]) {
          const refused = await say(sql, user(people[person]), session, values).catch(error => error)
          expect(refused, person).toMatchObject(FORBIDDEN)
          heard.add(refused.message.replace(session, 'it'))
        }
    expect([...heard]).toEqual(['There is no session it that you may use.'])
    expect(await request(sql, task.id)).toMatchObject({ status: 'pending', cancel_requested_at: null })
  })

  test('is refused for another enterprise than that of the session', async () => {
    const id = await begin(sql, ofOwner)
    await expect(say(sql, owner, id)).rejects.toMatchObject(FORBIDDEN)
    const own = await begin(sql, { user_id: people.owner })
    await expect(say(sql, owner, own, inAcme)).rejects.toMatchObject(FORBIDDEN)
  })

  test('is refused to whoever has left its enterprise', async () => {
    const { caller, session } = await exMember('submitter')
    await expect(say(sql, caller, session, inAcme)).rejects.toMatchObject(FORBIDDEN)
  })

  test('by a server is in the name of the session’s user', async () => {
    const id = await begin(sql, ofOwner)
    expect(await say(sql, SERVER, id, inAcme)).toMatchObject({ user_id: people.owner, status: 'pending' })
    await expect(say(sql, SERVER, id, { ...inAcme, user_id: people.colleague })).rejects.toMatchObject(FORBIDDEN)
    await expect(say(sql, SERVER, id)).rejects.toMatchObject(FORBIDDEN)
  })

  test('by a server gives the same task for the same key', async () => {
    const id = await begin(sql, ofOwner)
    const submit = () =>
      as(sql, SERVER, async tx => {
        const [row] = await tx`
          select id from public.submit_agent_task(
            '{}', enterprise_id => ${people.acme}, idempotency_key => 'k', session_id => ${id})`
        return only(row).id
      })
    expect(await submit()).toBe(await submit())
  })

  test('with a key that was used in another session is refused', async () => {
    const [a, b] = [await begin(sql, { user_id: people.owner }), await begin(sql, { user_id: people.owner })]
    const submit = (session: string) =>
      as(
        sql,
        owner,
        tx => tx`select id from public.submit_agent_task('{}', idempotency_key => 'k', session_id => ${session})`,
      )
    await submit(a)
    await expect(submit(b)).rejects.toMatchObject({ code: 'PT409' })
  })

  test('keeps to the limit of unfinished tasks', async () => {
    const id = await begin(sql, { user_id: people.owner })
    await sql`
      insert into public.agent_task_requests (user_id, session_id) select ${people.owner}, ${id} from generate_series(1, 100)`
    await expect(say(sql, owner, id)).rejects.toMatchObject({ code: 'PT429' })
  })
})
