// Who sees an approval, and whose word counts: stranger, colleague, admin, and those who have left.

import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addMember, addPeople, removeMember, setScene, submit, user } from '../arrange.ts'
import { approvalsOf, asked, decide, SERVER } from './arrange.ts'

const scene = await setScene()
const { sql } = scene
const people = await addPeople(sql)
const exMember = await addMember(sql, people.acme, 'ex-member@acme.test')
const exAdmin = await addMember(sql, people.acme, 'ex-admin@acme.test', 'admin')
await removeMember(sql, exMember)
await removeMember(sql, exAdmin)
const everybody = { ...people, exMember, exAdmin }
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }

type Person = 'owner' | 'colleague' | 'admin' | 'stranger' | 'platformAdmin' | 'exMember' | 'exAdmin'
const PERSONS: Person[] = ['owner', 'colleague', 'admin', 'stranger', 'platformAdmin', 'exMember', 'exAdmin']

const callerOf = (person: Person): Caller => user(everybody[person])
const NOT_YOURS = { code: '42501', message: expect.stringMatching(/^There is no approval .* that you may decide\.$/) }

const RIGHTS: [string, object, Person[]][] = [
  ['owner', { decider: 'owner' }, ['owner', 'platformAdmin']],
  ['member', { decider: 'member' }, ['owner', 'colleague', 'admin', 'platformAdmin']],
  ['admin', { decider: 'admin' }, ['admin', 'platformAdmin']],
  ['member, but not who asks', { decider: 'member', not_asker: true }, ['colleague', 'admin', 'platformAdmin']],
]

describe.each(RIGHTS)('what is for the %s to decide', (_, question, deciders) => {
  test.each(PERSONS)('%s', async person => {
    const { id, task } = await asked(scene, question, ofOwner)
    const decided = decide(sql, callerOf(person), { id })
    if (deciders.includes(person)) {
      expect(await decided).toMatchObject({ status: 'approved', decided_by: everybody[person] })
    } else {
      await expect(decided).rejects.toMatchObject(NOT_YOURS)
      expect(await approvalsOf(sql, task)).toMatchObject([{ status: 'open' }])
    }
  })

  test('is for servers and the dashboard to decide, too', async () => {
    const server = await asked(scene, question, ofOwner)
    expect(await decide(sql, SERVER, { id: server.id })).toMatchObject({ status: 'approved', decided_by: null })
    const byHand = await asked(scene, question, ofOwner)
    await sql`select public.decide_agent_approval(${byHand.id}, 'reject')`
    expect(await approvalsOf(sql, byHand.task)).toMatchObject([{ status: 'rejected', decided_by: null }])
  })
})

describe('deciding', () => {
  test('is refused to a stranger as if there were nothing', async () => {
    const { id } = await asked(scene, {}, ofOwner)
    async function heard(approval: string) {
      const { code, message, detail, hint } = await decide(sql, user(people.stranger), { id: approval }).catch(e => e)
      return { code, message: message.replace(approval, 'it'), detail, hint }
    }
    expect(await heard(id)).toEqual(await heard(crypto.randomUUID()))
  })

  test('is refused to the stranger before anybody hears that the words are wrong', async () => {
    const { id } = await asked(scene, {}, ofOwner)
    await expect(decide(sql, user(people.stranger), { id, decision: 'maybe' })).rejects.toMatchObject(NOT_YOURS)
  })

  test('is refused to the anonymous', async () => {
    const { id } = await asked(scene, {}, ofOwner)
    await expect(decide(sql, { role: 'anon' }, { id })).rejects.toMatchObject({ code: '42501' })
  })

  test('of an own task is refused to whoever has left its enterprise', async () => {
    const leaving = await addMember(sql, people.acme, 'leaving@acme.test')
    const { id } = await asked(scene, {}, { user_id: leaving, enterprise_id: people.acme })
    await removeMember(sql, leaving)
    await expect(decide(sql, user(leaving), { id })).rejects.toMatchObject(NOT_YOURS)
  })

  test('of a task without an enterprise is its user’s', async () => {
    const { id } = await asked(scene, {}, { user_id: people.owner })
    await expect(decide(sql, user(people.admin), { id })).rejects.toMatchObject(NOT_YOURS)
    expect(await decide(sql, user(people.owner), { id })).toMatchObject({ status: 'approved' })
  })

  test('of a task of nobody is for platform admins and servers', async () => {
    const { id } = await asked(scene)
    await expect(decide(sql, user(people.owner), { id })).rejects.toMatchObject(NOT_YOURS)
    await expect(decide(sql, { role: 'authenticated' }, { id })).rejects.toMatchObject(NOT_YOURS)
    expect(await decide(sql, user(people.platformAdmin), { id })).toMatchObject({ status: 'approved' })
  })

  test('is not for a platform admin whose own task it is, where the asker shall not decide', async () => {
    const question = { decider: 'member', not_asker: true }
    const { id } = await asked(scene, question, { user_id: people.platformAdmin, enterprise_id: people.acme })
    await expect(decide(sql, user(people.platformAdmin), { id })).rejects.toMatchObject(NOT_YOURS)
  })
})

describe('the record', () => {
  const recorded = (task: string) =>
    sql`select actor, action, details from public.agent_task_audit where task_id = ${task}`

  test('says who decided on another’s task', async () => {
    const { id, task } = await asked(scene, { decider: 'admin' }, ofOwner)
    await decide(sql, user(people.admin), { id, decision: 'reject' })
    expect(await recorded(task)).toEqual([
      {
        actor: 'admin@acme.test',
        action: 'reject',
        details: { approval_id: id, tool_name: 'send_mail', edited: false },
      },
    ])
  })

  test('does not hold what the user decides on an own task', async () => {
    const { id, task } = await asked(scene, {}, ofOwner)
    await decide(sql, user(people.owner), { id })
    expect(await recorded(task)).toEqual([])
  })
})

describe('the tables', () => {
  const seen = (person: Person, table: string) =>
    as(sql, callerOf(person), tx => tx`select from ${tx(`public.${table}`)}`)

  const VISIBLE: [string, Person[]][] = [
    ['owner', ['owner', 'admin', 'platformAdmin']],
    ['member', ['owner', 'colleague', 'admin', 'platformAdmin']],
    ['admin', ['owner', 'admin', 'platformAdmin']],
  ]
  test.each(VISIBLE)('show what is for the %s to decide to those who decide or see the task: %j', async (who, may) => {
    const { id } = await asked(scene, { decider: who }, ofOwner)
    await decide(sql, SERVER, { id })
    for (const person of PERSONS) {
      const rows = may.includes(person) ? 1 : 0
      expect(await seen(person, 'agent_approvals'), person).toHaveLength(rows)
      expect(await seen(person, 'agent_approval_decisions'), person).toHaveLength(rows)
    }
  })

  test.each(['agent_approvals', 'agent_approval_decisions'])('%s: nobody writes by hand', async table => {
    await asked(scene, {}, ofOwner)
    for (const person of PERSONS) {
      const caller = callerOf(person)
      const name = sql(`public.${table}`)
      await expect(
        as(sql, caller, tx => tx`delete from ${name}`),
        person,
      ).rejects.toMatchObject({ code: '42501' })
      await expect(as(sql, caller, tx => tx`update ${name} set reason = 'x'`)).rejects.toMatchObject({ code: '42501' })
      await expect(as(sql, caller, tx => tx`insert into ${name} default values`)).rejects.toMatchObject({
        code: '42501',
      })
    }
    await expect(as(sql, { role: 'anon' }, tx => tx`select from ${tx(`public.${table}`)}`)).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('cannot be filled by a user who says to have asked', async () => {
    const insert = as(
      sql,
      user(people.owner),
      tx => tx`insert into public.agent_task_requests (user_id, has_asked) values (${people.owner}, true)`,
    )
    await expect(insert).rejects.toMatchObject({ code: '42501' })
    await submit(sql)
  })
})
