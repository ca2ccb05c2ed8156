import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import postgres from 'postgres'
import { ROOT } from './settings.ts'

/** The people of the local stack; their places in enterprises are in supabase/seed.sql. */
export const DEMO = {
  emails: ['ada@acme.test', 'bob@acme.test', 'eve@globex.test', 'root@liverow.test'],
  password: 'liverow-demo',
} as const

/** Signs the demo people up through Auth, those who are missing, and gives them their places. */
export async function seedDemo(databaseUrl: string, gatewayUrl: string, publishableKey: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    const rows = await sql<{ email: string }[]>`select email from auth.users where email = any(${[...DEMO.emails]})`
    const known = new Set(rows.map(row => row.email))
    await Promise.all(
      DEMO.emails.filter(each => !known.has(each)).map(each => signUp(gatewayUrl, publishableKey, each)),
    )
    await sql.unsafe(await readFile(join(ROOT, 'supabase/seed.sql'), 'utf8'))
  } finally {
    await sql.end()
  }
}

async function signUp(url: string, key: string, email: string): Promise<void> {
  const { auth } = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } })
  const { error } = await auth.signUp({ email, password: DEMO.password })
  if (error) throw new Error(`The demo sign-up of ${email} failed: ${error.message}`, { cause: error })
}
