import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stand, startStand } from './fixture.ts'
import { hear, say } from './hear.ts'
import { startWatch, type Watch, watch } from './watch.ts'

const setup = `
  create table public.notes (id int primary key);
  create table public.others (id int primary key);
  create table public.unpublished (id int primary key);
  alter publication supabase_realtime add table public.notes, public.others;`

let stand: Stand
let client: SupabaseClient

beforeAll(async () => {
  stand = await startStand(setup)
  client = stand.client()
}, 20_000)

afterAll(() => stand.stop())

let nextId = 1
async function insert(table = 'notes'): Promise<number> {
  const id = nextId++
  await stand.sql`insert into ${stand.sql(table)} values (${id})`
  return id
}

const idOf = async ({ changes }: Watch) => {
  const { new: row } = await changes.next()
  return 'id' in row ? row.id : undefined
}

test('what was committed before the subscription does not arrive as news, however seldom the log is read', async () => {
  const seldom = await startStand(setup, { pollMs: 400, idlePollMs: 60_000 })
  // Without the guard a row slips through only now and then, hence the rounds.
  for (let id = 1; id < 20; id += 2) {
    await seldom.sql`insert into public.notes values (${id})`
    const watching = await watch(seldom.client(), { table: 'notes' })
    await seldom.sql`insert into public.notes values (${id + 1})`
    // The next subscription reads the log at once, so nobody waits for the poll.
    await watch(seldom.client(), { table: 'notes' })
    expect(await idOf(watching)).toBe(id + 1)
  }
  await seldom.stop()
}, 10_000)

test('a waiting join answers when changes flow, and fails with the reason when they cannot', async () => {
  const watching = await startWatch(client, { table: 'notes', isWaiting: true })
  expect(await watching.statuses.next()).toEqual({ status: 'SUBSCRIBED' })
  expect(watching.system.rest()).toMatchObject([{ message: 'Subscribed to PostgreSQL' }])
  const refused = await startWatch(stand.client(), { table: 'unpublished', isWaiting: true })
  const { status, error } = await refused.statuses.next()
  expect(status).toBe('CHANNEL_ERROR')
  expect(error).toMatch(/^RealtimeDisabledForConfiguration: Unable to subscribe/)
}, 5_000)

test('a wildcard watches every published table', async () => {
  const watching = await watch(client, { schema: '*' })
  const [first, second] = [await insert('notes'), await insert('others')]
  await insert('unpublished')
  const last = await insert('notes')
  expect([await idOf(watching), await idOf(watching), await idOf(watching)]).toEqual([first, second, last])
}, 5_000)

test('left and joined again without waiting, as React does in strict mode, a channel gets each event once', async () => {
  const first = await startWatch(client, { name: 'strict', table: 'notes' })
  void client.removeChannel(first.channel)
  const second = await watch(client, { name: 'strict', table: 'notes' })
  const ids = [await insert(), await insert()]
  expect([await idOf(second), await idOf(second)]).toEqual(ids)
  expect([...first.changes.rest(), ...second.changes.rest()]).toEqual([])
}, 5_000)

test('a channel that was left hears nothing more', async () => {
  const [left, stays] = [await watch(client, { table: 'notes' }), await watch(client, { table: 'notes' })]
  await client.removeChannel(left.channel)
  const id = await insert()
  expect(await idOf(stays)).toBe(id)
  expect(left.changes.rest()).toEqual([])
}, 5_000)

test('a client whose connection is cut comes back and hears again', async () => {
  const watching = await watch(stand.client(), { table: 'notes' })
  await watching.statuses.next()
  stand.realtime.cutSockets()
  expect(await watching.statuses.next()).toMatchObject({ status: 'CHANNEL_ERROR' })
  expect(await watching.statuses.next()).toEqual({ status: 'SUBSCRIBED' })
  await watching.system.next(({ message }) => message === 'Subscribed to PostgreSQL')
  const id = await insert()
  expect(await idOf(watching)).toBe(id)
}, 10_000)

test('a channel closed by the server stays closed', async () => {
  const ear = await hear(client, 'closing')
  stand.realtime.closeChannel('closing')
  expect(await ear.statuses.next()).toEqual({ status: 'CLOSED' })
}, 5_000)

test('a lost database connection is made anew and the subscription announced again', async () => {
  const watching = await watch(client, { table: 'notes' })
  await stand.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'realtime%'`
  expect(await watching.system.next()).toMatchObject({ status: 'ok', message: 'Subscribed to PostgreSQL' })
  const id = await insert()
  expect(await idOf(watching)).toBe(id)
  const [sender, listener] = [await hear(stand.client(), 'after'), await hear(stand.client(), 'after')]
  await say(sender, 'still works')
  expect(await listener.messages.next()).toMatchObject({ event: 'still works' })
}, 10_000)

test('a table that changes its shape is understood at once', async () => {
  const watching = await watch(client, { table: 'others' })
  await stand.sql`alter table public.others add column title text default 'new'`
  await stand.sql`alter table public.others rename column id to number`
  const id = await insert('others')
  expect((await watching.changes.next()).new).toEqual({ number: id, title: 'new' })
}, 5_000)
