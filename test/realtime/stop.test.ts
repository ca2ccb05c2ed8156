import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createRealtime } from '../../supabase/local/realtime/server.ts'
import { createDatabase, startStand } from './fixture.ts'
import { hear } from './hear.ts'
import { watch } from './watch.ts'

const keys = { jwtSecret: 'secret', anonKeys: [], serviceKeys: [] }

const table = `
  create table public.notes (id int primary key);
  alter publication supabase_realtime add table public.notes`

test('a stopped server leaves no connection and no slot', async () => {
  const stand = await startStand(table)
  await watch(stand.client(), { table: 'notes' })
  await hear(await stand.as('owner'), 'room')
  await stand.realtime.stop()
  const inThisDatabase = stand.sql`datname = current_database() and application_name like 'realtime%'`
  expect(await stand.sql`select 1 from pg_stat_activity where ${inThisDatabase}`).toHaveLength(0)
  expect(await stand.sql`select 1 from pg_replication_slots where database = current_database()`).toHaveLength(0)
  await stand.stop()
}, 10_000)

test('a process whose server is stopped ends by itself', async () => {
  const database = await createDatabase(table)
  const script = new URL('./run-and-stop.ts', import.meta.url).pathname
  await promisify(execFile)(process.execPath, [script, database.url], { timeout: 8_000 })
  await database.drop()
}, 10_000)

test('a server can be stopped twice, and while a join waits for its back-off', async () => {
  const stand = await startStand('', { errorBackoffMs: 60_000 })
  const client = stand.client()
  client.channel('', { config: { private: true } }).subscribe()
  await expect.poll(() => client.realtime.isConnected()).toBe(true)
  await stand.realtime.stop()
  await stand.stop()
}, 10_000)

test('a server that waits for a transaction to end before it has its slot again can still be stopped', async () => {
  const database = await createDatabase('create table public.notes (id int)')
  const realtime = await createRealtime({ databaseUrl: database.url, ...keys, errorBackoffMs: 1, idlePollMs: 5 })
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  const { promise: written, resolve: write } = Promise.withResolvers<void>()
  const open = database.sql.begin(async sql => {
    await sql`insert into public.notes values (1)`
    write()
    await finished
  })
  await written
  await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'realtime wal' and datname = current_database()`
  const waiting = () => database.sql`select query from pg_stat_activity
    where application_name = 'realtime wal' and wait_event_type = 'Lock' and datname = current_database()`
  await expect.poll(waiting, { timeout: 5_000 }).toHaveLength(1)
  await realtime.stop()
  finish()
  await open
  await database.drop()
}, 10_000)

test('a server whose check of a policy does not end can still be stopped', async () => {
  const stand = await startStand(`${table};
    alter table public.notes enable row level security;
    create policy "slow" on public.notes for select using (pg_sleep(60) is not null)`)
  await watch(stand.client(), { table: 'notes' })
  await stand.sql`insert into public.notes values (1)`
  const sleeping = () => stand.sql`select pid from pg_stat_activity
    where application_name like 'realtime%' and wait_event = 'PgSleep' and datname = current_database()`
  await expect.poll(sleeping, { timeout: 5_000 }).toHaveLength(1)
  await stand.realtime.stop()
  await stand.stop()
}, 10_000)

test('a database that cannot be reached is said so at once', async () => {
  const databaseUrl = 'postgres://postgres@127.0.0.1:1/none'
  await expect(createRealtime({ databaseUrl, ...keys })).rejects.toThrow('ECONNREFUSED')
}, 10_000)
