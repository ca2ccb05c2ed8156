import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generateApiKey } from '@supabase/lite'
import { z } from 'zod'

const Keys = z.object({
  /** For browsers: the caller is `anon` until it signs in. */
  publishable: z.string(),
  /** For the worker: the caller is `service_role`. */
  secret: z.string(),
  /** Signs and checks the tokens of users. */
  jwtSecret: z.string(),
})

/** The secrets of one local stack. */
export type Keys = z.infer<typeof Keys>

/** Makes new random keys. */
export async function makeKeys(): Promise<Keys> {
  const [publishable, secret] = await Promise.all([generateApiKey('publishable'), generateApiKey('secret')])
  return { publishable: publishable.key, secret: secret.key, jwtSecret: randomBytes(32).toString('hex') }
}

/** The keys kept in `file`, made at the first start: sessions of browsers and saved settings outlive a restart. */
export async function loadKeys(file: string): Promise<Keys> {
  if (existsSync(file)) return Keys.parse(JSON.parse(readFileSync(file, 'utf8')))
  const keys = await makeKeys()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 })
  return keys
}
