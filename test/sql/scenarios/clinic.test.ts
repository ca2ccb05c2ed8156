import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { later, setScene, user, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { type Row, setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { people, owner, take, output } = await setScenarios(scene)
const DENIED = { code: '42501' }
const nobody = { enterprise_id: null }

async function addSlot(hours: number, values: Row = {}): Promise<string> {
  const row = {
    kind: 'checkup',
    clinician: `Dr. ${crypto.randomUUID()}`,
    starts_at: new Date(Date.now() + hours * 3_600_000),
    ...values,
  }
  const [slot] = await sql`insert into public.clinic_slots ${sql(row)} returning id`
  return only(slot).id
}
const book = async (slot: string, values: Row = {}, reason = 'Sore knee') =>
  output(await take({ ...nobody, ...values }), 'book_slot', { slot, reason })
const find = async (input: Record<string, string | null> = {}, values: Row = {}) => {
  const found = await output(await take({ ...nobody, ...values }), 'find_slots', {
    kind: null,
    from_day: null,
    ...input,
  })
  return (found as unknown as Row[]).map(({ slot }) => slot)
}

describe('find_slots', () => {
  test('tells of free ones to come, the next first, of a kind and from a day on', async () => {
    const [second, first, third] = [await addSlot(48, { kind: 'vaccination' }), await addSlot(24), await addSlot(96)]
    await addSlot(-1)
    const booked = await addSlot(1)
    await book(booked, { user_id: people.stranger })
    expect(await find()).toEqual([first, second, third])
    expect(await find({ kind: 'vaccination' })).toEqual([second])
    const day = new Date(Date.now() + 72 * 3_600_000).toISOString().slice(0, 10)
    expect(await find({ from_day: day })).toEqual([third])
  })

  test('tells of those of the task’s enterprise and of everybody’s', async () => {
    const [ours, all] = [await addSlot(1, { enterprise_id: people.acme }), await addSlot(2)]
    await addSlot(3, { enterprise_id: people.globex })
    expect(await find({}, { enterprise_id: people.acme })).toEqual([ours, all])
    expect(await find()).toEqual([all])
    expect(await find({}, { user_id: people.exAdmin, enterprise_id: people.acme })).toEqual([all])
  })

  test('refuses a day that is none', async () => {
    expect(await output(await take(nobody), 'find_slots', { from_day: 'soon' })).toEqual({
      error: 'from_day is a day as YYYY-MM-DD.',
    })
  })
})

describe('book_slot', () => {
  test('books for the task’s user', async () => {
    const slot = await addSlot(24)
    const held = await take(nobody)
    const booked = await output(held, 'book_slot', { slot, reason: ' Sore knee ' })
    expect(booked).toMatchObject({ slot, kind: 'checkup', minutes: 20 })
    expect(await sql`select slot_id, user_id, task_id, reason from public.clinic_bookings`).toEqual([
      { slot_id: slot, user_id: people.owner, task_id: held.task, reason: 'Sore knee' },
    ])
    expect(await find()).toEqual([])
  })

  test('changes nothing when one’s own is booked again', async () => {
    const slot = await addSlot(24)
    await book(slot)
    expect(await book(slot, {}, 'Other')).toMatchObject({ slot })
    expect(await sql`select reason from public.clinic_bookings`).toEqual([{ reason: 'Sore knee' }])
  })

  test('refuses what another has booked, what is past, of another enterprise, or not there', async () => {
    const taken = await addSlot(24)
    await book(taken, { user_id: people.stranger })
    expect(await book(taken)).toEqual({ error: 'Somebody else has booked this appointment.' })
    const slots = [await addSlot(-1), await addSlot(5, { enterprise_id: people.globex }), crypto.randomUUID(), 'x']
    for (const slot of slots)
      expect(await book(slot, { enterprise_id: people.acme })).toEqual({
        error: 'There is no such appointment to come.',
      })
  })

  test.each(['', ' ', 'x'.repeat(501)])('refuses a reason that is none', async reason => {
    expect(await book(await addSlot(24), {}, reason)).toEqual({ error: expect.stringContaining('reason') })
  })

  test('gives one slot to one of two who book it at once', async () => {
    const slot = await addSlot(24)
    const [mine, theirs] = [await take(nobody), await take({ ...nobody, user_id: people.stranger })]
    const other = await connect({ role: 'service_role' })
    await other`begin`
    const step = JSON.stringify({ key: 'k', name: 'book_slot', agent: '', input: { slot, reason: 'x' } })
    await other`select worker.run_tool(${theirs.task}, ${theirs.lease}, array[${step}::text::jsonb])`
    const [refused] = await whileWaiting(sql, output(mine, 'book_slot', { slot, reason: 'y' }), () => other`commit`)
    expect(refused).toEqual({ error: 'Somebody else has booked this appointment.' })
    expect(await sql`select user_id from public.clinic_bookings`).toEqual([{ user_id: people.stranger }])
  })

  test('lets a user have five to come, past ones aside', async () => {
    for (let n = 1; n <= 5; n++) await book(await addSlot(n))
    expect(await book(await addSlot(24))).toEqual({ error: expect.stringContaining('5 appointments') })
    await later(worker, '90 minutes')
    expect(await book(await addSlot(48))).toMatchObject({ kind: 'checkup' })
    await sql`delete from public.clinic_bookings`
  })
})

describe('cancel_slot', () => {
  /** The owner's bookings as the tool tells them. */
  const list = async (values: Row = {}) =>
    (await output(await take({ ...nobody, ...values }), 'list_bookings')) as unknown as Record<string, string>[]
  const cancel = async (booking: object, values: Row = {}) =>
    output(await take({ ...nobody, ...values }), 'cancel_slot', booking as Record<string, string>)
  const NONE = { error: 'The user has no such appointment to come.' }

  test('gives an own appointment back, which is then free', async () => {
    const slot = await addSlot(24)
    await book(slot)
    const [booking] = await list()
    const { slot: id, startsAt, with: clinician } = only(booking)
    expect(await cancel({ slot: id, startsAt, with: clinician })).toEqual(booking)
    expect(await list()).toEqual([])
    expect(await find()).toEqual([slot])
    expect(await cancel({ slot: id, startsAt, with: clinician })).toEqual(NONE)
  })

  test('wants what people read of it to be true', async () => {
    await book(await addSlot(24))
    const { slot, startsAt, with: clinician } = only((await list())[0])
    for (const other of [
      { slot, startsAt: new Date(0).toISOString(), with: clinician },
      { slot, startsAt, with: 'Dr. Other' },
      { slot, startsAt },
      { slot: crypto.randomUUID(), startsAt, with: clinician },
    ])
      expect(await cancel(other)).toEqual(NONE)
    expect(await cancel({ slot, startsAt: 'soon', with: clinician })).toEqual({
      error: 'startsAt is a moment as list_bookings tells it.',
    })
    expect(await list()).toHaveLength(1)
  })

  test('finds nothing of others, of another enterprise, or of the past', async () => {
    await book(await addSlot(24), { user_id: people.stranger })
    const [theirs] = await list({ user_id: people.stranger })
    expect(await list()).toEqual([])
    expect(await cancel(only(theirs))).toEqual(NONE)
    await book(await addSlot(48, { enterprise_id: people.acme }), { enterprise_id: people.acme })
    const [ours] = await list({ enterprise_id: people.acme })
    expect(await list()).toEqual([])
    expect(await cancel(only(ours))).toEqual(NONE)
    await book(await addSlot(1))
    const [soon] = await list()
    await later(worker, '90 minutes')
    expect(await list()).toEqual([])
    expect(await cancel(only(soon))).toEqual(NONE)
    expect(await sql`select from public.clinic_bookings`).toHaveLength(3)
    await sql`delete from public.clinic_bookings`
  })

  test('says nothing of the reasons', async () => {
    await book(await addSlot(24), {}, 'Sore knee')
    expect(JSON.stringify(await list())).not.toContain('knee')
  })
})

describe('who sees what', () => {
  test('a booking is its user’s alone, and nobody writes it', async () => {
    await book(await addSlot(24, { enterprise_id: people.acme }), { enterprise_id: people.acme })
    for (const person of ['owner', 'colleague', 'admin', 'stranger', 'platformAdmin'] as const) {
      const rows = await as(sql, user(people[person]), tx => tx`select from public.clinic_bookings`)
      expect(rows, person).toHaveLength(person === 'owner' ? 1 : 0)
    }
    for (const query of [
      'delete from public.clinic_bookings',
      'delete from public.clinic_slots',
      `update public.clinic_slots set minutes = 5`,
    ])
      await expect(
        as(sql, owner, tx => tx.unsafe(query)),
        query,
      ).rejects.toMatchObject(DENIED)
  })

  test('slots are everybody’s, or seen by members', async () => {
    await addSlot(1, { enterprise_id: people.acme })
    await addSlot(2)
    for (const [person, count] of [
      ['owner', 2],
      ['stranger', 1],
      ['exAdmin', 1],
    ] as const)
      expect(await as(sql, user(people[person]), tx => tx`select from public.clinic_slots`), person).toHaveLength(count)
    await expect(as(sql, { role: 'anon' }, tx => tx`select from public.clinic_slots`)).rejects.toMatchObject(DENIED)
  })
})
