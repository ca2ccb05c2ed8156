import { afterAll, beforeAll, expect, test } from 'vitest'
import { people, type Stand, startStand } from './fixture.ts'
import { type Change, type Watch, watch } from './watch.ts'

let stand: Stand

beforeAll(async () => {
  stand = await startStand(`
    create table public.members (team int, member uuid, primary key (team, member));
    grant select on public.members to authenticated;
    insert into public.members values (1, '${people.owner}'), (1, '${people.colleague}');
    create table public.notes (id int primary key, team int, title text, body text);
    alter table public.notes enable row level security;
    create policy "members read" on public.notes for select to authenticated
      using (exists (select from public.members m where m.team = notes.team and m.member = auth.uid()));

    create table public.open (id int primary key, title text, body text, secret text);
    revoke all on public.open from authenticated;
    grant select (id, title, body) on public.open to authenticated;
    create table public.closed (id int primary key, title text);
    revoke all on public.closed from authenticated;
    create table public.keyless (title text);
    create table public.full_identity (id int primary key, title text, body text);
    alter table public.full_identity replica identity full, alter body set storage external;
    alter table public.open alter body set storage external;
    create schema "Other place";
    grant usage on schema "Other place" to authenticated;
    create table "Other place"."Odd ""table" (id int primary key, "A column" text);
    alter table "Other place"."Odd ""table" enable row level security;
    create policy "all" on "Other place"."Odd ""table" for select using (true);
    grant select on all tables in schema "Other place" to authenticated;
    alter publication supabase_realtime add table
      public.notes, public.open, public.closed, public.keyless, public.full_identity, "Other place"."Odd ""table";
  `)
}, 20_000)

afterAll(() => stand.stop())

let nextId = 1
const notice = async (by: Watch): Promise<Change> => by.changes.next()

// A change that the watcher surely hears, so that what came before it has come.
async function fence(by: Watch): Promise<void> {
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 1, 'fence', null)`
  await by.changes.next(change => 'id' in change.new && change.new.id === id)
}

test('owner and colleague hear of a row, stranger, anonymous and other teams do not', async () => {
  const clients = [await stand.as('owner'), await stand.as('colleague'), await stand.as('stranger'), stand.client()]
  const watches = await Promise.all(clients.map(client => watch(client, { table: 'notes' })))
  const [owner, colleague, stranger, anonymous] = watches as [Watch, Watch, Watch, Watch]
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 1, 'ours', 'b'), (${nextId++}, 2, 'theirs', 'b')`
  expect((await notice(owner)).new).toEqual({ id, team: 1, title: 'ours', body: 'b' })
  expect((await notice(colleague)).new).toMatchObject({ id })
  // A stranger's turn comes: the row moves to a team of their own, and that is all they ever hear.
  const mine = nextId++
  await stand.sql`insert into public.members values (3, ${people.stranger}) on conflict do nothing`
  await stand.sql`insert into public.notes values (${mine}, 3, 'strange', null)`
  expect((await notice(stranger)).new).toMatchObject({ id: mine })
  await fence(owner)
  expect([...owner.changes.rest(), ...stranger.changes.rest(), ...anonymous.changes.rest()]).toEqual([])
}, 10_000)

test('the service role hears of every row', async () => {
  const service = await watch(stand.client('sb_secret_test'), { table: 'notes' })
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 99, 'nobody', null)`
  expect((await notice(service)).new).toMatchObject({ id })
}, 10_000)

test('a row that is deleted before the check is never announced as inserted', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'notes' })
  const id = nextId++
  await stand.sql`with gone as (insert into public.notes values (${id}, 1, 'brief', null)) select`
  await stand.sql.begin(async sql => {
    await sql`insert into public.notes values (${id + 1000}, 1, 'brief', null)`
    await sql`delete from public.notes where id = ${id + 1000}`
  })
  expect(await notice(owner)).toMatchObject({ eventType: 'INSERT', new: { id } })
  expect(await notice(owner)).toMatchObject({ eventType: 'DELETE', old: { id: id + 1000 } })
}, 10_000)

test('of a row that moves out of sight nothing is told, and who gets it hears an update', async () => {
  await stand.sql`insert into public.members values (4, ${people.stranger}) on conflict do nothing`
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 1, 'moving', null)`
  const owner = await watch(await stand.as('owner'), { table: 'notes' })
  const stranger = await watch(await stand.as('stranger'), { table: 'notes' })
  await stand.sql`update public.notes set team = 4 where id = ${id}`
  expect(await notice(stranger)).toMatchObject({ eventType: 'UPDATE', new: { id, team: 4 }, old: { id } })
  await fence(owner)
  expect(owner.changes.rest()).toEqual([])
}, 10_000)

test('a delete goes to everybody, with nothing but the primary key where policies guard the table', async () => {
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 1, 'doomed', 'text')`
  const stranger = await watch(await stand.as('stranger'), { table: 'notes', event: 'DELETE' })
  await stand.sql`alter table public.notes replica identity full`
  await stand.sql`delete from public.notes where id = ${id}`
  const change = await notice(stranger)
  expect(change).toMatchObject({ eventType: 'DELETE', new: {} })
  expect(change.old).toEqual({ id })
  await stand.sql`alter table public.notes replica identity default`
}, 10_000)

test('a wish for one kind of change is respected', async () => {
  const owner = await stand.as('owner')
  const [all, updates] = await Promise.all([
    watch(owner, { table: 'notes' }),
    watch(owner, { table: 'notes', event: 'UPDATE' }),
  ])
  const id = nextId++
  await stand.sql`insert into public.notes values (${id}, 1, 'a', null)`
  await stand.sql`update public.notes set title = 'b' where id = ${id}`
  expect(await notice(updates)).toMatchObject({ eventType: 'UPDATE', new: { title: 'b' } })
  expect(await notice(all)).toMatchObject({ eventType: 'INSERT' })
}, 10_000)

test('a column that the role may not select is hidden', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'open' })
  await stand.sql`insert into public.open values (1, 'title', null, 'secret')`
  expect((await notice(owner)).new).toEqual({ id: 1, title: 'title', body: null })
}, 10_000)

test('a role without the right to the primary key gets an error instead of rows', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'closed' })
  await stand.sql`insert into public.closed values (1, 'secret')`
  expect(await notice(owner)).toMatchObject({ new: {}, errors: ['Error 401: Unauthorized'] })
}, 10_000)

test('a table without a primary key gives an error instead of rows', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'keyless' })
  await stand.sql`insert into public.keyless values ('a')`
  expect(await notice(owner)).toMatchObject({ new: {}, errors: ['Error 400: Bad Request, no primary key'] })
}, 10_000)

test('a change of more than one megabyte keeps its short values and says so', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'open' })
  await stand.sql`insert into public.open values (2, 'short', repeat('x', 1100000), null)`
  expect(await notice(owner)).toMatchObject({
    new: { id: 2, title: 'short' },
    errors: ['Error 413: Payload Too Large'],
  })
}, 10_000)

test('a long value that an update leaves alone is absent, and filled in with a full replica identity', async () => {
  await stand.sql`insert into public.open values (3, 'a', repeat('x', 20000), null)`
  await stand.sql`insert into public.full_identity values (3, 'a', repeat('x', 20000))`
  const owner = await stand.as('owner')
  const byKey = await watch(owner, { table: 'open' })
  const full = await watch(owner, { table: 'full_identity' })
  await stand.sql`update public.open set title = 'b' where id = 3`
  await stand.sql`update public.full_identity set title = 'b' where id = 3`
  const change = await notice(byKey)
  expect(change.new).toEqual({ id: 3, title: 'b' })
  expect(change.old).toEqual({ id: 3 })
  const filled = await notice(full)
  expect(filled.new).toEqual({ id: 3, title: 'b', body: 'x'.repeat(20_000) })
  expect(filled.old).toMatchObject({ id: 3, title: 'a' })
}, 10_000)

test('a changed primary key shows the old one', async () => {
  await stand.sql`insert into public.open values (4, 'a')`
  const owner = await watch(await stand.as('owner'), { table: 'open' })
  await stand.sql`update public.open set id = 5 where id = 4`
  expect(await notice(owner)).toMatchObject({ new: { id: 5 }, old: { id: 4 } })
}, 10_000)

test('odd names of schemas, tables and columns are quoted where they must be', async () => {
  const schema = 'Other place'
  const owner = await watch(await stand.as('owner'), { schema, table: 'Odd "table', filter: 'A column=eq.x' })
  await stand.sql.unsafe(`insert into "Other place"."Odd ""table" values (1, 'y'), (2, 'x')`)
  expect((await notice(owner)).new).toEqual({ id: 2, 'A column': 'x' })
}, 10_000)

test('three hundred updates of one transaction arrive in their order', async () => {
  const owner = await watch(await stand.as('owner'), { table: 'open', filter: 'id=eq.6' })
  await stand.sql`insert into public.open values (6, '0')`
  await stand.sql`do $$ begin for i in 1..300 loop update public.open set title = i::text where id = 6; end loop; end $$`
  await owner.changes.next(({ new: row }) => 'title' in row && row.title === '300')
  const titles = owner.changes.rest().map(({ new: row }) => ('title' in row ? Number(row.title) : -1))
  expect(titles).toEqual(Array.from({ length: 300 }, (_, at) => at))
}, 10_000)

test('values arrive in the form that hosted gives them', async () => {
  await stand.sql.unsafe(`
    create type public.mood as enum ('good', 'bad');
    create domain public.short as text check (length(value) < 10);
    create table public.kinds (
      id bigint primary key, f float8, n numeric, b boolean, j jsonb, i int[], t text[], u uuid, m public.mood, s public.short,
      at timestamptz, local timestamp, day date, span interval, bytes bytea, twice bigint generated always as (id * 2) stored
    );
    alter publication supabase_realtime add table public.kinds;
  `)
  const owner = await watch(await stand.as('owner'), { table: 'kinds' })
  await stand.sql.unsafe(`insert into public.kinds values (
    42, 1.5, 12.50, true, '{"a":[1,null]}', '{1,2}', '{"a b",c}', '${people.owner}', 'bad', 'short',
    '2026-11-20T10:00:00.123456+02', '2026-11-20T10:00:00', '2026-11-20', '1 day 2 hours', '\\x0102')`)
  expect((await notice(owner)).new).toEqual({
    id: 42,
    f: 1.5,
    n: 12.5,
    b: true,
    j: { a: [1, null] },
    i: [1, 2],
    t: ['a b', 'c'],
    u: people.owner,
    m: 'bad',
    s: 'short',
    at: '2026-11-20T08:00:00.123456+00:00',
    local: '2026-11-20T10:00:00',
    day: '2026-11-20',
    span: '1 day 02:00:00',
    bytes: '0102',
    twice: 84,
  })
}, 10_000)
