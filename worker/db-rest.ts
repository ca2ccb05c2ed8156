import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from '../shared/database.types.ts'
import { DatabaseError, type Db, storable, type WorkerEvent } from './db.ts'

const TOPIC = 'agent_tasks'
const CALL_TIMEOUT_MS = 15_000
const REJOIN_MS = 1_000

/** Calls over supabase-js: needs nothing but the project's URL and its secret key. */
export function connectRest({ url, key }: { url: string; key: string }): Db {
  const supabase = createClient<Database>(url, key, { auth: { persistSession: false, autoRefreshToken: false } })
  const worker = supabase.schema('worker')
  const ending = new AbortController()
  return {
    hears: 'realtime',
    call: async (name, args) => {
      const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS)
      const { data, error, status } = await worker.rpc(name, storable(args)).abortSignal(timeout)
      if (error) throw new DatabaseError(error.message, codeOf(error.code, status), error)
      return data
    },
    hear: (onEvent, onChange = () => undefined) => subscribe(supabase, { onEvent, onChange }, ending.signal),
    close: async () => {
      ending.abort()
      await supabase.removeAllChannels()
      await supabase.realtime.disconnect()
    },
  }
}

/**
 * A SQLSTATE or PostgREST's own code says what the database said. Whatever else a gateway answers is a refusal with a code,
 * or an outage without one (no answer, 429, 5xx).
 */
function codeOf(code: string, status: number): string | undefined {
  if (/^([0-9A-Z]{5}|PGRST\d+)$/.test(code)) return code
  return status >= 400 && status < 500 && status !== 429 ? `HTTP${status}` : undefined
}

type Ears = { onEvent: (event: WorkerEvent) => void; onChange: (isHeard: boolean) => void }

/**
 * The service role passes every policy, so no one else can hear or speak on this topic. After a cut the client joins
 * again by itself; after the server has closed the channel it does not, so that is done here.
 */
async function subscribe(
  supabase: SupabaseClient<Database>,
  { onEvent, onChange }: Ears,
  ended: AbortSignal,
): Promise<void> {
  await supabase.realtime.setAuth()
  const joined = Promise.withResolvers<void>()
  let joins = 0
  let isHeard = false
  supabase
    .channel(TOPIC, { config: { private: true } })
    .on('broadcast', { event: 'wake' }, () => onEvent({ event: 'wake' }))
    .on('broadcast', { event: 'cancel' }, ({ payload }) => onEvent({ event: 'cancel', task_id: payload.task_id }))
    .subscribe((status, error) => {
      if (status === 'SUBSCRIBED') {
        joined.resolve()
        isHeard = true
        // What was sent while nobody heard is gone; one look at the queue makes up for it.
        if (++joins > 1) {
          onChange(true)
          onEvent({ event: 'wake' })
        }
      } else {
        if (isHeard && !ended.aborted) onChange(false)
        isHeard = false
        joined.reject(new DatabaseError(`Realtime cannot be heard: ${error?.message ?? status}`, undefined, error))
        if (status === 'CLOSED') void subscribeAgain(supabase, { onEvent, onChange }, ended)
      }
    })
  await joined.promise
}

async function subscribeAgain(...[supabase, ears, ended]: Parameters<typeof subscribe>): Promise<void> {
  await pause(REJOIN_MS)
  if (ended.aborted) return
  // A refused join is tried again by the client, or comes back here as CLOSED.
  await subscribe(supabase, ears, ended).then(
    () => {
      ears.onChange(true)
      ears.onEvent({ event: 'wake' })
    },
    () => undefined,
  )
}
