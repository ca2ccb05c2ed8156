import { describe, expect, test } from 'vitest'
import { addMember, addPeople, later, setScene, user, whileWaiting } from '../arrange.ts'
import { approvalsOf, asked, decide, decisionsOn, SERVER } from './arrange.ts'

const scene = await setScene()
const { sql, connect } = scene
const [one, two] = [await connect(), await connect()]
const people = await addPeople(sql)
const [ada, bob, eve] = [
  user(people.owner),
  user(people.colleague),
  user(await addMember(sql, people.acme, 'eve@acme.test')),
]
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const byTwo = { decider: 'member', quorum: 2, may_edit: true }
const mail = { to: 'bob@acme.test' }

describe('a decision', () => {
  test('is on record with the name, the time and the reason', async () => {
    const { id } = await asked(scene, {}, ofOwner)
    expect(await decide(sql, ada, { id, reason: 'Go on.' })).toMatchObject({
      status: 'approved',
      decided_by: people.owner,
      decided_at: expect.any(Date),
      reason: 'Go on.',
    })
    expect(await decisionsOn(sql, id)).toEqual([
      { user_id: people.owner, decision: 'approve', reason: 'Go on.', edited_arguments: null },
    ])
  })

  test.each([
    [{ decision: 'maybe' }, '22023'],
    [{ decision: null as unknown as string }, '22023'],
    [{ reason: 'x'.repeat(2001) }, '22023'],
    [{ edited: [] }, '22023'],
    [{ edited: { text: 'x'.repeat(66_000) } }, '22023'],
    [{ decision: 'reject', edited: mail }, '22023'],
  ])('is refused when it is malformed: %#', async (decision, code) => {
    const { id } = await asked(scene, { may_edit: true }, ofOwner)
    await expect(decide(sql, ada, { id, ...decision })).rejects.toMatchObject({ code })
    expect(await decisionsOn(sql, id)).toEqual([])
  })

  test.each(['approve', 'reject'])('said twice is one: %s', async decision => {
    const { id } = await asked(scene, {}, ofOwner)
    const first = await decide(sql, ada, { id, decision })
    expect(await decide(sql, ada, { id, decision })).toEqual(first)
    expect(await decisionsOn(sql, id)).toHaveLength(1)
  })

  test.each([
    ['approve', 'reject', 'This has been approved already.'],
    ['reject', 'approve', 'This has been rejected already.'],
  ])('%s is final: %s is refused then', async (first, second, message) => {
    const { id } = await asked(scene, {}, ofOwner)
    await decide(sql, ada, { id, decision: first })
    await expect(decide(sql, ada, { id, decision: second })).rejects.toMatchObject({ code: 'PT409', message })
  })

  test('of somebody else that comes too late is refused, though it is the same', async () => {
    const { id } = await asked(scene, { decider: 'member' }, ofOwner)
    await decide(sql, ada, { id })
    await expect(decide(sql, bob, { id })).rejects.toMatchObject({ code: 'PT409' })
  })

  test('beyond its time is refused, though nobody has noted yet that it expired', async () => {
    const { id } = await asked(scene, { expires_seconds: 60 }, ofOwner)
    await later(one, '2 minutes')
    await expect(decide(one, ada, { id })).rejects.toMatchObject({ code: 'PT409', message: 'This has expired.' })
  })

  test.each([
    ['approve', 'reject'],
    ['reject', 'approve'],
  ])('of two people at the same moment is one, the first: %s before %s', async (first, second) => {
    const { id, task } = await asked(scene, { decider: 'member' }, ofOwner)
    await one`begin`
    await one`select public.decide_agent_approval(${id}, ${first})`
    const late = decide(two, bob, { id, decision: second }).catch(error => error)
    const [refused] = await whileWaiting(sql, late, () => one`commit`)
    expect(refused).toMatchObject({ code: 'PT409' })
    expect(await approvalsOf(sql, task)).toMatchObject([{ status: first === 'approve' ? 'approved' : 'rejected' }])
    expect(await decisionsOn(sql, id)).toHaveLength(1)
  })
})

describe('a quorum', () => {
  test('is reached by different people', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    expect(await decide(sql, ada, { id })).toMatchObject({ status: 'open', decided_by: null })
    expect(await decide(sql, ada, { id })).toMatchObject({ status: 'open' })
    expect(await decide(sql, bob, { id })).toMatchObject({ status: 'approved', decided_by: people.colleague })
    expect(await decisionsOn(sql, id)).toHaveLength(2)
  })

  test('is reached by two who approve at the same moment', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    await one`begin`
    await one`select set_config('request.jwt.claims', ${JSON.stringify({ sub: people.owner })}, true)`
    await one`select set_config('role', 'authenticated', true)`
    await one`select public.decide_agent_approval(${id}, 'approve')`
    const [approval] = await whileWaiting(sql, decide(two, bob, { id }), () => one`commit`)
    expect(approval).toMatchObject({ status: 'approved', decided_by: people.colleague })
  })

  test('is broken by one rejection', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    await decide(sql, ada, { id })
    expect(await decide(sql, bob, { id, decision: 'reject', reason: 'No.' })).toMatchObject({
      status: 'rejected',
      reason: 'No.',
    })
  })

  test('lets who has approved still reject', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    await decide(sql, ada, { id })
    expect(await decide(sql, ada, { id, decision: 'reject' })).toMatchObject({ status: 'rejected' })
  })

  test('is fulfilled by the word of a server alone', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    expect(await decide(sql, SERVER, { id })).toMatchObject({ status: 'approved', decided_by: null })
  })
})

describe('edited arguments', () => {
  test('are what is approved', async () => {
    const { id } = await asked(scene, { may_edit: true }, ofOwner)
    expect(await decide(sql, ada, { id, edited: mail })).toMatchObject({
      status: 'approved',
      arguments: { to: 'ada@acme.test' },
      edited_arguments: mail,
    })
  })

  test('come also as text inside of a JSON string', async () => {
    const { id } = await asked(scene, { may_edit: true }, ofOwner)
    expect(await decide(sql, ada, { id, edited: JSON.stringify(mail) })).toMatchObject({ edited_arguments: mail })
  })

  test('are refused where they may not be edited', async () => {
    const { id } = await asked(scene, {}, ofOwner)
    await expect(decide(sql, ada, { id, edited: mail })).rejects.toMatchObject({ code: '22023' })
  })

  test('drop the approvals before them, which were of something else', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    await decide(sql, ada, { id })
    expect(await decide(sql, bob, { id, edited: mail })).toMatchObject({ status: 'open', edited_arguments: mail })
    expect(await decide(sql, ada, { id })).toMatchObject({ status: 'approved', edited_arguments: mail })
    expect(await decisionsOn(sql, id)).toHaveLength(3)
  })

  test('may be edited by several in turn, until enough agree on the same', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    const other = { to: 'eve@acme.test' }
    await decide(sql, ada, { id, edited: mail })
    expect(await decide(sql, bob, { id, edited: other })).toMatchObject({ status: 'open' })
    expect(await decide(sql, eve, { id, edited: other })).toMatchObject({ status: 'approved', edited_arguments: other })
  })

  test('that are back to what was asked count as an edit', async () => {
    const { id } = await asked(scene, byTwo, ofOwner)
    await decide(sql, ada, { id, edited: mail })
    const original = { to: 'ada@acme.test' }
    expect(await decide(sql, bob, { id, edited: original })).toMatchObject({
      status: 'open',
      edited_arguments: original,
    })
  })

  test('that differ from what is approved already come too late', async () => {
    const { id } = await asked(scene, { may_edit: true }, ofOwner)
    const first = await decide(sql, ada, { id, edited: mail })
    expect(await decide(sql, ada, { id, edited: mail })).toEqual(first)
    await expect(decide(sql, ada, { id, edited: { to: 'x@acme.test' } })).rejects.toMatchObject({ code: 'PT409' })
  })
})
