import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type postgres from 'postgres'
import type { Database } from '../../shared/database.types.ts'
import { type Realtime, startGateway } from '../../supabase/local/gateway.ts'
import { makeKeys } from '../../supabase/local/keys.ts'
import { cloneDatabase } from './database.ts'

/** A person with an account and a client that is signed in as this person. */
export interface SignedUp {
  client: SupabaseClient<Database>
  userId: string
  email: string
  password: string
}

/** A Supabase project of a test file's own: a cloned database with REST, Auth and Realtime on one port. */
export interface Stack {
  url: string
  anonKey: string
  serviceKey: string
  /** Signs users' tokens; tests forge and age tokens with it. */
  jwtSecret: string
  databaseUrl: string
  /** Superuser's connections. */
  sql: postgres.Sql
  realtime: Realtime
  /** A client without a user. */
  anonClient: () => SupabaseClient<Database>
  /** A client with the worker's key, on which row-level security has no hold. */
  serviceClient: () => SupabaseClient<Database>
  signUp: (email: string) => Promise<SignedUp>
  /** Ends everything. Fails when a connection to the database was left open. */
  stop: () => Promise<void>
}

/** What a test may want to have differently. */
export interface StackOptions {
  /** Lifetime of a user's access token, in seconds. */
  tokenSeconds?: number
  /** How often Realtime looks for changes. */
  pollMs?: number
}

/** Starts a project; `stop` belongs into `afterAll`. */
export async function startStack({ tokenSeconds = 3600, pollMs = 25 }: StackOptions = {}): Promise<Stack> {
  const [database, keys] = await Promise.all([cloneDatabase(), makeKeys()])
  const gateway = await startGateway({ databaseUrl: database.url, keys, port: 0, tokenSeconds, pollMs })
  const clients: SupabaseClient<Database>[] = []
  const connect = (key: string): SupabaseClient<Database> => {
    const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false }
    const client = createClient<Database>(gateway.url, key, { auth })
    clients.push(client)
    return client
  }
  return {
    url: gateway.url,
    anonKey: keys.publishable,
    serviceKey: keys.secret,
    jwtSecret: keys.jwtSecret,
    databaseUrl: database.url,
    sql: database.sql,
    realtime: gateway.realtime,
    anonClient: () => connect(keys.publishable),
    serviceClient: () => connect(keys.secret),
    signUp: email => signUp(connect(keys.publishable), email),
    stop: async () => {
      await Promise.all(clients.map(client => client.realtime.disconnect()))
      await gateway.stop()
      await database.drop()
    },
  }
}

async function signUp(client: SupabaseClient<Database>, email: string): Promise<SignedUp> {
  const password = 'a-password-for-tests'
  const { data, error } = await client.auth.signUp({ email, password })
  if (error) throw error
  if (!data.user) throw new Error(`No user was made for ${email}.`)
  return { client, userId: data.user.id, email, password }
}
