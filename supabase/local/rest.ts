import { App } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import { HTTPException } from 'hono/http-exception'
import type { Keys } from './keys.ts'
import { refusal } from './rest-errors.ts'

/** The Data API (PostgREST's protocol) and Auth (GoTrue's) of a local stack. */
export interface Rest {
  /** Answers a request to `/rest/v1` or `/auth/v1`. */
  fetch(request: Request): Promise<Response>
  stop(): Promise<void>
}

/** What the two are to serve, and with which secrets. */
export interface RestOptions {
  databaseUrl: string
  keys: Keys
  /** Lifetime of a user's access token. */
  tokenSeconds?: number
  /** Where Auth sends people back to. */
  siteUrl?: string
}

/** Starts `@supabase/lite` over a database that is complete already; lite itself changes no schema in it. */
export async function createRest(options: RestOptions): Promise<Rest> {
  const { databaseUrl, keys, tokenSeconds = 3600, siteUrl = 'http://127.0.0.1:5173' } = options
  const connection = new LocalConnection(databaseUrl)
  const app = new App({
    connection,
    api: { schemas: ['public', 'graphql_public', 'worker'] },
    auth: {
      enabled: true,
      jwt_secret: keys.jwtSecret,
      publishable_key: keys.publishable,
      secret_key: keys.secret,
      jwt_expiry: tokenSeconds,
      site_url: siteUrl,
      enable_signup: true,
      email: { enable_signup: true, enable_confirmations: false },
    },
  })
  await app.init()
  return { fetch: request => app.fetch(request), stop: () => connection.close() }
}

/** lite's connection, brought closer to hosted in four points. */
class LocalConnection extends PostgresConnection {
  constructor(url: string) {
    super({
      url,
      postgresOptions: {
        connection: { application_name: 'liverow rest' },
        onnotice: () => undefined,
        types: {
          timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoTime },
          // postgres.js takes an element with a key `type` for a parameter of its own, and sends only its `value`.
          jsonbs: { to: 3807, from: [3807], serialize: jsonArray, parse: String },
        },
      },
    })
    // Otherwise lite grants everything in every schema with row-level security to anon and authenticated at its first
    // request, over the heads of our migrations. This is the private field in which it notes that it has done so.
    Object.assign(this, { rlsState: 'active' })
  }

  /** Failures of the database leave here as PostgREST would send them: lite keeps the code of only some. */
  override async withContext<T>(...[caller, run, options]: Parameters<PostgresConnection['withContext']>): Promise<T> {
    try {
      return (await super.withContext(caller, run, options)) as T
    } catch (error) {
      const { role } = (caller?.auth ?? {}) as { role?: string }
      throw refusal(error, role)
    }
  }

  /** lite asks for this on its way to print the error; ours is an answer, so it goes straight to the caller. */
  override normalizeDbError(error: unknown): unknown {
    if (error instanceof HTTPException) throw error
    return error
  }
}

/** `2026-11-21 03:14:39.88+00` as PostgREST writes it, and as every browser reads it. */
function isoTime(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
}

/** A list of JSON values as PostgreSQL reads an array. */
function jsonArray(values: unknown[]): string {
  // As JSON text within JSON: the one escapes quotes and backslashes as the other reads them.
  return `{${values.map(value => JSON.stringify(JSON.stringify(value))).join(',')}}`
}
