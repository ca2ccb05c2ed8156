import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import postgres, { type Sql } from 'postgres'
import { createRealtime, type Realtime, type RealtimeOptions } from '../../supabase/local/realtime/server.ts'

const jwtSecret = 'a-secret-of-at-least-thirty-two-characters'
export const anonKey = 'sb_publishable_test'
export const serviceKey = 'sb_secret_test'

/** People that tests speak of. */
export const people = {
  owner: '00000000-0000-4000-8000-000000000001',
  colleague: '00000000-0000-4000-8000-000000000002',
  stranger: '00000000-0000-4000-8000-000000000003',
}

type Credential = string | (() => Promise<string>)

/** A database of its own with a Realtime server in front. */
export type Stand = {
  sql: Sql
  url: string
  databaseUrl: string
  realtime: Realtime
  log: string[]
  /** A client with a key, the anon key at first, or with a user's token or a way to get one. */
  client(credential?: Credential): SupabaseClient
  /** A client of someone, with a token good for an hour. */
  as(person: keyof typeof people): Promise<SupabaseClient>
  stop(): Promise<void>
}

/** Starts a stand; `sql` sets up the tables of the test. */
export async function startStand(setup: string, options: Partial<RealtimeOptions> = {}): Promise<Stand> {
  const database = await createDatabase(setup)
  const log: string[] = []
  const keys = { jwtSecret, anonKeys: [anonKey], serviceKeys: [serviceKey] }
  const fast = { pollMs: 5, idlePollMs: 50, errorBackoffMs: 20, log: (message: string) => log.push(message) }
  const realtime = await createRealtime({ databaseUrl: database.url, ...keys, ...fast, ...options })
  const http = await listen(realtime)
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const clients: SupabaseClient[] = []
  const client: Stand['client'] = (credential = anonKey) => {
    const made = connect(url, credential)
    clients.push(made)
    return made
  }
  return {
    sql: database.sql,
    url,
    databaseUrl: database.url,
    realtime,
    log,
    client,
    as: async person => client(await tokenOf(person)),
    async stop() {
      await Promise.all(clients.map(each => each.realtime.disconnect()))
      await realtime.stop()
      await new Promise(resolve => http.close(resolve))
      await database.drop()
    },
  }
}

function connect(url: string, credential: Credential): SupabaseClient {
  if (typeof credential !== 'string') return createClient(url, anonKey, { accessToken: credential })
  if (!credential.startsWith('sb_')) return createClient(url, anonKey, { accessToken: async () => credential })
  return createClient(url, credential, { auth: { persistSession: false, autoRefreshToken: false } })
}

/** A user's token; `claims` and `seconds` until it ends may be changed. */
export async function tokenOf(
  person: keyof typeof people,
  { seconds = 3600, claims = {}, secret = jwtSecret } = {},
): Promise<string> {
  const email = `${person}@example.test`
  return new SignJWT({ sub: people[person], email, role: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(Buffer.from(secret))
}

/** Creates a database that has what a hosted project has, as far as Realtime is concerned. */
export async function createDatabase(setup: string): Promise<{ url: string; sql: Sql; drop(): Promise<void> }> {
  const cluster = process.env.TEST_DATABASE_URL
  if (!cluster) throw new Error('TEST_DATABASE_URL must name a cluster with wal_level=logical, as superuser')
  const name = `realtime_test_${randomBytes(6).toString('hex')}`
  const admin = postgres(cluster, { max: 1, onnotice: () => undefined })
  await admin.unsafe(`create database ${name}`)
  const url = Object.assign(new URL(cluster), { pathname: `/${name}` }).href
  const sql = postgres(url, { max: 3, onnotice: () => undefined })
  const schema = await readFile(new URL('../../supabase/local/realtime/schema.sql', import.meta.url), 'utf8')
  await sql.unsafe(`${platform};${schema};${setup}`)
  return {
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 1 })
      // Without force: a connection that the server left open fails the test file.
      await admin.unsafe(`drop database ${name}`)
      await admin.end({ timeout: 1 })
    },
  }
}

// Roles belong to the cluster, and other test files may be making them at the same moment.
const platform = `
  lock table pg_catalog.pg_authid in share row exclusive mode;
  do $$ begin
    if to_regrole('anon') is null then create role anon nologin noinherit; end if;
    if to_regrole('authenticated') is null then create role authenticated nologin noinherit; end if;
    if to_regrole('service_role') is null then create role service_role nologin noinherit bypassrls; end if;
  end $$;
  grant usage on schema public to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
  create schema auth;
  grant usage on schema auth to anon, authenticated, service_role;
  create function auth.uid() returns uuid language sql stable
  as $$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$`

async function listen(realtime: Realtime): Promise<Server> {
  const http = createServer(async (request, response) => {
    const answer = await realtime.fetch(await toRequest(request))
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    realtime.handleUpgrade(request, socket, head),
  )
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return http
}

async function toRequest(request: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/', headers } = request
  const chunks = await request.toArray()
  const body = method === 'POST' ? { body: Buffer.concat(chunks) } : {}
  return new Request(`http://localhost${url}`, { method, headers: headers as Record<string, string>, ...body })
}
