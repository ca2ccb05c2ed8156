import { afterAll, beforeAll, expect, test } from 'vitest'
import { anonKey, people, type Stand, serviceKey, startStand, tokenOf } from './fixture.ts'
import { hear, say, tryToHear } from './hear.ts'

const isPrivate = { private: true }
let stand: Stand

beforeAll(async () => {
  stand = await startStand(`
    create table public.access (topic text, person uuid, may_write boolean, primary key (topic, person));
    grant select on public.access to authenticated;
    insert into public.access values
      ('task:1', '${people.owner}', true), ('task:1', '${people.colleague}', false), ('task:2', '${people.stranger}', true);
    create policy "read" on realtime.messages for select to authenticated using (
      exists (select from public.access a where a.topic = (select realtime.topic()) and a.person = auth.uid()));
    create policy "write" on realtime.messages for insert to authenticated with check (
      exists (select from public.access a where a.topic = (select realtime.topic()) and a.person = auth.uid() and a.may_write));
    create table public.tasks (id int primary key, state text);
    create function public.tell() returns trigger language plpgsql as $$
    begin
      perform realtime.broadcast_changes('task:' || new.id, tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return new;
    end $$;
    create trigger tell after insert or update on public.tasks for each row execute function public.tell();
  `)
}, 20_000)

afterAll(() => stand.stop())

const fromDatabase = (topic: string, event: string, payload: unknown = {}) =>
  stand.sql`select realtime.send(${JSON.stringify(payload)}::text::jsonb, ${event}, ${topic}, true)`

const post = (path: string, body: unknown, authorization: string) =>
  fetch(`${stand.url}/realtime/v1/api/broadcast${path}`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json', authorization: `Bearer ${authorization}` },
    body: JSON.stringify(body),
  })

const refused = 'Unauthorized: You do not have permissions to read from this Channel topic'

test('an owner is let in; stranger and anonymous are refused with the reason', async () => {
  await hear(await stand.as('owner'), 'task:1', isPrivate)
  for (const client of [await stand.as('stranger'), stand.client()]) {
    const { statuses } = await tryToHear(client, 'task:1', isPrivate)
    expect(await statuses.next()).toEqual({ status: 'CHANNEL_ERROR', error: `${refused}: task:1` })
  }
}, 5_000)

test('who may read but not write hears, and is not heard', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  const colleague = await hear(await stand.as('colleague'), 'task:1', isPrivate)
  await say(colleague, 'from the colleague')
  // The frames of one socket are dealt with in order, so a refused join behind the message is a fence.
  const { statuses } = await tryToHear(await stand.as('stranger'), 'task:1', isPrivate)
  await statuses.next()
  await colleague.channel.send({ type: 'presence', event: 'untrack' })
  await say(owner, 'from the owner', { n: 1 })
  expect(await colleague.messages.next()).toMatchObject({ event: 'from the owner' })
  expect(owner.messages.rest()).toEqual([])
}, 5_000)

test('a public channel of the same name is another topic', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  const eavesdropper = await hear(await stand.as('stranger'), 'task:1')
  await fromDatabase('task:1', 'secret')
  expect(await owner.messages.next()).toMatchObject({ event: 'secret' })
  await say(eavesdropper, 'forged')
  await post('', { messages: [{ topic: 'task:1', event: 'public', payload: {} }] }, serviceKey)
  expect(await eavesdropper.messages.next()).toMatchObject({ event: 'public' })
  expect([...owner.messages.rest(), ...eavesdropper.messages.rest()]).toEqual([])
}, 5_000)

test('a new token that may no longer read ends the channel with the reason', async () => {
  await stand.sql`insert into public.access values ('task:revoked', ${people.owner}, true)`
  let token = await tokenOf('owner')
  const client = stand.client(async () => token)
  const owner = await hear(client, 'task:revoked', isPrivate)
  await stand.sql`delete from public.access where topic = 'task:revoked'`
  token = await tokenOf('owner', { claims: { version: 2 } })
  await client.realtime.setAuth()
  expect(await owner.system.next()).toMatchObject({ status: 'error', message: `${refused}: task:revoked` })
  expect(await owner.statuses.next()).toEqual({ status: 'CLOSED' })
}, 5_000)

test('a new token is asked again whether it may write', async () => {
  await stand.sql`insert into public.access values ('task:write', ${people.colleague}, false)`
  let token = await tokenOf('colleague')
  const client = stand.client(async () => token)
  const ear = await hear(client, 'task:write', { private: true, broadcast: { self: true } })
  await say(ear, 'too early')
  await ear.channel.send({ type: 'presence', event: 'untrack' })
  await stand.sql`update public.access set may_write = true where topic = 'task:write'`
  token = await tokenOf('colleague', { claims: { version: 2 } })
  await client.realtime.setAuth()
  await say(ear, 'allowed now')
  expect(await ear.messages.next()).toMatchObject({ event: 'allowed now' })
}, 5_000)

test('of an HTTP batch the denied messages are skipped and the others sent', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  const stranger = await hear(await stand.as('stranger'), 'task:2', isPrivate)
  const message = { event: 'e', payload: {}, private: true }
  const messages = [
    { ...message, topic: 'task:2', payload: { n: 1 } },
    { ...message, topic: 'task:1', payload: { n: 2 } },
  ]
  expect((await post('', { messages }, await tokenOf('owner'))).status).toBe(202)
  expect(await owner.messages.next()).toMatchObject({ payload: { n: 2 } })
  expect((await post('', { messages }, serviceKey)).status).toBe(202)
  expect(await owner.messages.next()).toMatchObject({ payload: { n: 2 } })
  expect(await stranger.messages.next()).toMatchObject({ payload: { n: 1 } })
  expect(stranger.messages.rest()).toEqual([])
}, 5_000)

test('a single denied message over HTTP is refused with 403', async () => {
  const path = '/task%3A2/events/e?private=true'
  expect((await post(path, {}, await tokenOf('owner'))).status).toBe(403)
  expect((await post(path, {}, await tokenOf('stranger'))).status).toBe(202)
}, 5_000)

test('a message from the database arrives once its transaction commits, with its id', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  await stand.sql
    .begin(async sql => {
      await sql`select realtime.send('{"n": 0}', 'withdrawn', 'task:1')`
      throw new Error('rolled back')
    })
    .catch(() => undefined)
  await fromDatabase('task:1', 'state', { n: 1 })
  const message = await owner.messages.next()
  expect(message).toMatchObject({ event: 'state', payload: { n: 1, id: message.meta?.id } })
}, 5_000)

test('a row trigger broadcasts the change', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  await stand.sql`insert into public.tasks values (1, 'new')`
  await stand.sql`update public.tasks set state = 'done' where id = 1`
  const payload = {
    schema: 'public',
    table: 'tasks',
    operation: 'INSERT',
    record: { id: 1, state: 'new' },
    old_record: null,
  }
  expect(await owner.messages.next()).toMatchObject({ event: 'INSERT', payload })
  expect(await owner.messages.next()).toMatchObject({
    payload: { record: { state: 'done' }, old_record: { state: 'new' } },
  })
}, 5_000)

test('bytes from the database arrive as bytes', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  await stand.sql`select realtime.send_binary('\\x010203'::bytea, 'bytes', 'task:1')`
  const { payload } = await owner.messages.next()
  expect([...new Uint8Array(payload as ArrayBuffer)]).toEqual([1, 2, 3])
}, 5_000)

test('sending as a role that may not is a warning, not an error', async () => {
  const owner = await hear(await stand.as('owner'), 'task:1', isPrivate)
  await stand.sql.begin(async sql => {
    await sql`set local role authenticated`
    await sql`select realtime.send('{}', 'denied', 'task:1')`
  })
  await fromDatabase('task:1', 'allowed')
  expect(await owner.messages.next()).toMatchObject({ event: 'allowed' })
}, 5_000)
