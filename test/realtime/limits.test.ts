import { afterEach, expect, test } from 'vitest'
import { hostedFree } from '../../supabase/local/realtime/server.ts'
import { anonKey, type Stand, startStand } from './fixture.ts'
import { hear, say, tryToHear } from './hear.ts'
import { startWatch, watch } from './watch.ts'

const table = `
  create table public.notes (id int primary key);
  alter publication supabase_realtime add table public.notes`

let stand: Stand
afterEach(() => stand?.stop())

test('over the rate a broadcast closes its channel, with the reason', async () => {
  stand = await startStand('', { maxMessagesPerSecond: 5 })
  const ear = await hear(stand.client(), 'busy')
  for (let n = 0; n < 60; n++) void say(ear, 'n', { n })
  expect(await ear.system.next()).toMatchObject({ status: 'error', message: 'Too many messages per second' })
  expect(await ear.statuses.next()).toEqual({ status: 'CLOSED' })
}, 10_000)

test('over the rate database changes are dropped without a word', async () => {
  stand = await startStand(table, { maxMessagesPerSecond: 5 })
  const watching = await watch(stand.client(), { table: 'notes' })
  await stand.sql`insert into public.notes select generate_series(1, 500)`
  // A later subscription has caught up with the log, so all that will come has come.
  await watch(stand.client(), { table: 'notes' })
  expect(watching.changes.rest().length).toBeGreaterThan(0)
  expect(watching.changes.rest().length).toBeLessThan(100)
  expect(watching.system.rest()).toEqual([])
}, 10_000)

test('over the rate HTTP answers 429', async () => {
  stand = await startStand('', { maxMessagesPerSecond: 2 })
  const message = { topic: 't', event: 'e', payload: {} }
  const post = (messages: unknown[]) =>
    fetch(`${stand.url}/realtime/v1/api/broadcast`, {
      method: 'POST',
      headers: { apikey: anonKey },
      body: JSON.stringify({ messages }),
    })
  expect((await post([message, message, message])).status).toBe(429)
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await post([message])).status))
  expect(statuses).toContain(202)
  expect(statuses).toContain(429)
}, 10_000)

test('a socket may join so many channels and no more', async () => {
  stand = await startStand('', { maxChannels: 2 })
  const client = stand.client()
  await hear(client, 'one')
  await hear(client, 'two')
  const { statuses } = await tryToHear(client, 'three')
  expect((await statuses.next()).error).toBe('ChannelRateLimitReached: Too many channels')
}, 10_000)

test('on the pace of the free plan, changes begin to flow after the join has been answered', async () => {
  stand = await startStand(table, { ...hostedFree, subscribeMs: 300 })
  const watching = await startWatch(stand.client(), { table: 'notes' })
  await watching.statuses.next()
  await stand.sql`insert into public.notes values (1)`
  await watching.system.next(({ status }) => status === 'ok')
  await stand.sql`insert into public.notes values (2)`
  expect((await watching.changes.next()).new).toEqual({ id: 2 })
}, 10_000)
