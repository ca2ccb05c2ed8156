import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { anonKey, people, type Stand, startStand, tokenOf } from './fixture.ts'
import { hear, tryToHear } from './hear.ts'
import { watch } from './watch.ts'

let stand: Stand

beforeAll(async () => {
  stand = await startStand(`
    create table public.notes (id int primary key, owner uuid);
    alter table public.notes enable row level security;
    create policy "owners read" on public.notes for select to authenticated using (owner = auth.uid());
    alter publication supabase_realtime add table public.notes;
  `)
}, 20_000)

afterAll(() => stand.stop())

async function handshake(query: string): Promise<{ status: number | undefined; body: string }> {
  const socket = new WebSocket(`${stand.url.replace('http', 'ws')}/realtime/v1/websocket?${query}`)
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('the handshake went through')))
    socket.on('error', () => undefined)
    socket.on('unexpected-response', async (_, response) =>
      resolve({ status: response.statusCode, body: Buffer.concat(await response.toArray()).toString() }),
    )
  })
}

const secret = 'another-secret-of-at-least-thirty-two-chars'

test('a missing, unknown, malformed, forged, expired or unfit key is refused at the door, each with its reason', async () => {
  const refusal = (error: string) => ({ status: 401, body: JSON.stringify({ error }) })
  expect(await handshake('vsn=2.0.0')).toEqual(refusal('API key is missing'))
  expect(await handshake('apikey=sb_secret_guessed')).toEqual(refusal('The token provided is not a valid JWT'))
  expect(await handshake('apikey=a.b.c')).toEqual(refusal('The token provided is not a valid JWT'))
  const forged = await tokenOf('owner', { secret })
  expect(await handshake(`apikey=${forged}`)).toEqual(refusal('Failed to validate JWT signature'))
  const expired = await tokenOf('owner', { seconds: -5 })
  expect(await handshake(`apikey=${expired}`)).toEqual(refusal('Token has expired'))
  const unfit = await tokenOf('owner', { claims: { role: undefined } })
  expect(await handshake(`apikey=${unfit}`)).toEqual(refusal('Fields `role` and `exp` are required in JWT'))
}, 5_000)

test('an unsigned token is refused', async () => {
  const [, payload] = (await tokenOf('owner')).split('.')
  const header = Buffer.from('{"alg":"none"}').toString('base64url')
  expect(await handshake(`apikey=${header}.${payload}.`)).toMatchObject({ status: 401 })
}, 5_000)

test('another protocol version is refused', async () => {
  expect(await handshake(`apikey=${anonKey}&vsn=3.0.0`)).toMatchObject({ status: 403 })
}, 5_000)

test('a bad token at a join is refused, never taken for anonymous', async () => {
  const reasonFor = async (token: string) =>
    (await (await tryToHear(stand.client(token), 'room')).statuses.next()).error
  expect(await reasonFor(await tokenOf('owner', { secret }))).toBe(
    'JwtSignatureError: Failed to validate JWT signature',
  )
  expect(await reasonFor('a.b.c')).toBe('MalformedJWT: The token provided is not a valid JWT')
  expect(await reasonFor(await tokenOf('owner', { seconds: -5 }))).toMatch(
    /^InvalidJWTToken: Token has expired \d+ seconds ago$/,
  )
}, 5_000)

test('a topic without a name is refused', async () => {
  const { statuses } = await tryToHear(stand.client(), '')
  expect((await statuses.next()).error).toBe('TopicNameRequired: You must provide a topic name')
}, 5_000)

test('a channel is closed at the moment its token expires', async () => {
  const ear = await hear(stand.client(await tokenOf('owner', { seconds: 2 })), 'short')
  expect(await ear.system.next()).toMatchObject({
    extension: 'system',
    status: 'error',
    message: 'Token has expired 0 seconds ago',
  })
  expect(await ear.statuses.next()).toEqual({ status: 'CLOSED' })
}, 6_000)

test('a token renewed in time keeps the channel open, and changes go on under the new claims', async () => {
  let token = await tokenOf('owner', { seconds: 2 })
  const client = stand.client(async () => token)
  const watching = await watch(client, { table: 'notes' })
  await watching.statuses.next()
  token = await tokenOf('colleague')
  await client.realtime.setAuth()
  // The subscription under the new claims is announced anew.
  await watching.system.next(({ status }) => status === 'ok')
  await stand.sql`insert into public.notes values (1, ${people.owner}), (2, ${people.colleague})`
  expect((await watching.changes.next()).new).toMatchObject({ id: 2 })
  const short = await hear(stand.client(await tokenOf('owner', { seconds: 2 })), 'ends later')
  await short.statuses.next()
  expect([...watching.statuses.rest(), ...watching.changes.rest()]).toEqual([])
}, 8_000)

test('a bad token sent to a joined channel ends it', async () => {
  let token = await tokenOf('owner')
  const client = stand.client(async () => token)
  const ear = await hear(client, 'forged later')
  token = await tokenOf('owner', { secret })
  await client.realtime.setAuth()
  expect(await ear.system.next()).toMatchObject({ status: 'error', message: 'Failed to validate JWT signature' })
  expect(await ear.statuses.next()).toEqual({ status: 'CLOSED' })
}, 5_000)

test('an opaque key sent as a token is passed over', async () => {
  const client = stand.client()
  const ear = await hear(client, 'opaque', { broadcast: { self: true } })
  await client.realtime.setAuth('sb_publishable_other')
  await ear.channel.send({ type: 'broadcast', event: 'still here', payload: {} })
  expect(await ear.messages.next()).toMatchObject({ event: 'still here' })
}, 5_000)
