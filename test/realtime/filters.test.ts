import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stand, startStand } from './fixture.ts'
import { startWatch, watch } from './watch.ts'

let stand: Stand
let client: SupabaseClient

beforeAll(async () => {
  stand = await startStand(`
    create table public.items (id int primary key, n int, name text, done boolean, tag uuid, secret text);
    revoke all on public.items from anon;
    grant select (id, n, name, done, tag) on public.items to anon;
    create table public.guarded (id int primary key, name text, body text);
    alter table public.guarded enable row level security;
    create policy "named" on public.guarded for select using (body = 'visible');
    alter publication supabase_realtime add table public.items, public.guarded;
  `)
  client = stand.client()
}, 20_000)

afterAll(() => stand.stop())

const tag = 'a81bc81b-dead-4e5d-abff-90865d1e13b1'
const rows = [
  `(1, 1, 'apple', true, '${tag}')`,
  `(2, 2, 'Banana', false, null)`,
  `(3, 3, 'a,b (c) "d" \\e', null, null)`,
  `(4, null, null, null, null)`,
]

describe('a filter lets through exactly the rows that pass it', () => {
  test.for<[filter: string, ids: number[]]>([
    ['n=eq.2', [2]],
    ['n=eq.02', [2]],
    ['n=neq.2', [1, 3]],
    ['n=lt.2', [1]],
    ['n=lte.2', [1, 2]],
    ['n=gt.2', [3]],
    ['n=gte.2', [2, 3]],
    ['n=in.(1,3,7)', [1, 3]],
    ['n=not.in.(1,3)', [2]],
    ['n=not.eq.2', [1, 3]],
    ['name=like.a%', [1, 3]],
    ['name=ilike.b%', [2]],
    ['name=not.ilike.b%', [1, 3]],
    ['name=match.^a.p', [1]],
    ['name=imatch.^B', [2]],
    ['name=is.null', [4]],
    ['name=not.is.null', [1, 2, 3]],
    ['done=is.true', [1]],
    ['done=is.unknown', [3, 4]],
    ['n=isdistinct.2', [1, 3, 4]],
    ['n=not.isdistinct.2', [2]],
    [`tag=eq.${tag.toUpperCase()}`, [1]],
    [`tag=in.(${tag})`, [1]],
    ['name=eq."a,b (c) \\"d\\" \\\\e"', [3]],
    ['name=in.(apple,"a,b (c) \\"d\\" \\\\e")', [1, 3]],
    ['n=gt.1,name=like.B%', [2]],
    ['n=gt.1,n=lt.2', []],
  ])('%s', { timeout: 10_000 }, async ([filter, ids]) => {
    const filtered = await watch(client, { table: 'items', filter })
    const all = await watch(client, { table: 'items', event: 'DELETE' })
    await stand.sql.unsafe(`insert into public.items values ${rows}`)
    await stand.sql`delete from public.items`
    for (const _ of rows) await all.changes.next()
    const inserted = filtered.changes.rest().filter(({ eventType }) => eventType === 'INSERT')
    expect(inserted.map(change => ('id' in change.new ? change.new.id : undefined))).toEqual(ids)
    for (const { channel } of [filtered, all]) await client.removeChannel(channel)
  })
})

test('a delete is filtered by what the replica identity tells', async () => {
  const byKey = await watch(client, { table: 'items', event: 'DELETE', filter: 'id=eq.2' })
  const byName = await watch(client, { table: 'items', event: 'DELETE', filter: 'name=isdistinct.x' })
  await stand.sql`insert into public.items values (1, 1, 'a'), (2, 2, 'b')`
  await stand.sql`delete from public.items`
  expect((await byKey.changes.next()).old).toEqual({ id: 2 })
  expect([...byKey.changes.rest(), ...byName.changes.rest()]).toEqual([])
  await stand.sql`alter table public.items replica identity full`
  await stand.sql`insert into public.items values (3, 1, 'c')`
  await stand.sql`delete from public.items`
  expect((await byName.changes.next()).old).toMatchObject({ id: 3, name: 'c' })
  await stand.sql`alter table public.items replica identity default`
}, 10_000)

describe('a filter that can never work is refused with a reason', () => {
  test.for<[options: { filter?: string; select?: string[]; table?: string }, reason: RegExp]>([
    [{ filter: 'nothing=eq.1' }, /invalid column for filter nothing/],
    [{ filter: 'secret=eq.1' }, /invalid column for filter secret/],
    [{ filter: 'n=eq.one' }, /invalid input syntax for type integer/],
    [{ filter: 'n=like.1%' }, /operator does not exist/],
    [{ filter: 'name=match.(' }, /parentheses/],
    [{ filter: 'n=is.true' }, /IS TRUE must be type boolean/],
    [{ filter: 'n=is.maybe' }, /invalid value for is/],
    [{ filter: 'n=around.1' }, /Error parsing filter/],
    [{ filter: `n=in.(${Array.from({ length: 101 }, (_, at) => at)})` }, /too many values/],
    [{ select: ['id', 'secret'] }, /invalid column for select secret/],
    [{ table: '*', select: ['id'] }, /select needs a schema and a table/],
    [{ table: 'unpublished' }, /Please check Realtime is enabled/],
  ])('%o', { timeout: 10_000 }, async ([options, reason]) => {
    const quiet = await startWatch(client, { table: 'items', ...options })
    const message = await quiet.system.next()
    expect(message).toMatchObject({ status: 'error', extension: 'postgres_changes' })
    expect(message.message).toMatch(reason)
    expect(await quiet.statuses.next()).toEqual({ status: 'SUBSCRIBED' })
    await client.removeChannel(quiet.channel)
  })
})

test('a choice of columns keeps the primary key, also on update and delete', async () => {
  const some = await watch(stand.client(), { table: 'items', select: ['name'], filter: 'n=lt.9' })
  const deleted = await watch(stand.client(), { table: 'items', select: ['name'], event: 'DELETE' })
  await stand.sql`insert into public.items values (8, 8, 'a')`
  await stand.sql`update public.items set name = 'b' where id = 8`
  await stand.sql`delete from public.items`
  expect((await some.changes.next()).new).toEqual({ id: 8, name: 'a' })
  expect(await some.changes.next()).toMatchObject({ new: { id: 8, name: 'b' }, old: { id: 8 } })
  expect((await deleted.changes.next()).old).toEqual({ id: 8 })
}, 10_000)

test('a choice of columns and a policy on another column both hold', async () => {
  const some = await watch(stand.client(), { table: 'guarded', select: ['name'] })
  await stand.sql`insert into public.guarded values (1, 'a', 'hidden'), (2, 'b', 'visible')`
  expect((await some.changes.next()).new).toEqual({ id: 2, name: 'b' })
}, 10_000)

test('two bindings of one channel get one event each', async () => {
  const heard: string[] = []
  const { promise: subscribed, resolve } = Promise.withResolvers<void>()
  const { promise: both, resolve: done } = Promise.withResolvers<void>()
  const hear = (name: string) => () => {
    if (heard.push(name) === 3) done()
  }
  client
    .channel('two')
    .on('postgres_changes', { event: '*', schema: 'public', table: 'items' }, hear('all'))
    .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'items', filter: 'n=eq.5' }, hear('five'))
    .on('system', {}, () => resolve())
    .subscribe()
  await subscribed
  await stand.sql`insert into public.items values (20, 5), (21, 6)`
  await both
  expect(heard).toEqual(['all', 'five', 'all'])
}, 10_000)
