import { createHash } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { patienceMs, type Supabase } from '../../shared/client/supabase.ts'
import type { Database } from '../../shared/database.types.ts'
import { Refusal } from './refusal.ts'

// Who calls is proven by the project itself: the caller's token goes along with each call of the Data API, which checks its
// signature and age, and row-level security decides. So all that the project accepts is accepted here, be its keys shared
// or asymmetric, renewed or local, and there is no second opinion that could differ. These clients hold the publishable
// key, so that whatever goes wrong leaves them with the rights of the anonymous.

/** A user who calls, and a client that has this user's rights and no others. */
export type Caller = { userId: string; supabase: Supabase }

/** Tells who calls by the bearer token of a request. @throws Refusal 401, or 503 when nobody can tell. */
export type Callers = (authorization: string | undefined) => Promise<Caller>

/** A token that was accepted is asked about again after so long. */
const TRUST_MS = 30_000
const MOST_TRUSTED = 1_000

const claims = z.object({ sub: z.guid(), role: z.literal('authenticated'), exp: z.number() })

/** @param project its URL and publishable key; undefined where the worker has not been given the key. */
export function createCallers(project: { url: string; publishableKey: string } | undefined): Callers {
  const trusted = new Map<string, number>()
  return async authorization => {
    if (!project) {
      const message = 'This worker cannot act for users: set SUPABASE_PUBLISHABLE_KEY of the worker.'
      throw new Refusal('not_configured', message)
    }
    const token = authorization?.match(/^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i)?.[1]
    if (token === undefined) throw new Refusal('unauthenticated', 'Send the token of a signed-in user as bearer.')
    const { sub, exp } = read(token)
    const caller = { userId: sub, supabase: clientOf(project, token) }
    const name = createHash('sha256').update(token).digest('base64')
    if ((trusted.get(name) ?? 0) < Date.now()) {
      await prove(caller.supabase)
      if (trusted.size >= MOST_TRUSTED) trusted.clear()
      trusted.set(name, Math.min(Date.now() + TRUST_MS, exp * 1000))
    }
    return caller
  }
}

const unknown = () => new Refusal('unauthenticated', 'The token is not valid, or not any more: sign in again.')

/** What the token says, whoever wrote it; of no use before it is proven. */
function read(token: string) {
  try {
    const said = claims.parse(decodeJwt(token))
    if (said.exp * 1000 > Date.now()) return said
  } catch {
    throw unknown()
  }
  throw unknown()
}

function clientOf({ url, publishableKey }: { url: string; publishableKey: string }, token: string): Supabase {
  return createClient<Database>(url, publishableKey, { accessToken: async () => token })
}

/** Asks for what every user may read and the anonymous may not. */
async function prove(supabase: Supabase): Promise<void> {
  const { error, status } = await supabase
    .from('todos')
    .select('id', { head: true })
    .limit(1)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (!error) return
  if (status >= 400 && status < 500 && status !== 429) throw unknown()
  throw new Refusal('unavailable', 'It cannot be checked who you are just now. Try again in a moment.')
}
