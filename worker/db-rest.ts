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
      if (error) throw new DatabaseError(error.message, error.code || codeOf(status), error)
      return data
    },
    hear: onEvent => subscribe(supabase, onEvent, ending.signal),
    close: async () => {
      ending.abort()
      await supabase.removeAllChannels()
      await supabase.realtime.disconnect()
    },
  }
}

/** A gateway's answer that is not the database's: a refusal has a code, an outage (none, 429, 5xx) has not. */
function codeOf(status: number): string | undefined {
  return status >= 400 && status < 500 && status !== 429 ? `HTTP${status}` : undefined
}

/**
 * The service role passes every policy, so no one else can hear or speak on this topic. After a cut the client joins
 * again by itself; after the server has closed the channel it does not, so that is done here.
 */
async function subscribe(
  supabase: SupabaseClient<Database>,
  onEvent: (event: WorkerEvent) => void,
  ended: AbortSignal,
): Promise<void> {
  await supabase.realtime.setAuth()
  const joined = Promise.withResolvers<void>()
  let joins = 0
  supabase
    .channel(TOPIC, { config: { private: true } })
    .on('broadcast', { event: 'wake' }, () => onEvent({ event: 'wake' }))
    .on('broadcast', { event: 'cancel' }, ({ payload }) => onEvent({ event: 'cancel', task_id: payload.task_id }))
    .subscribe((status, error) => {
      if (status === 'SUBSCRIBED') {
        joined.resolve()
        // What was sent while nobody heard is gone; one look at the queue makes up for it.
        if (++joins > 1) onEvent({ event: 'wake' })
      } else {
        joined.reject(new DatabaseError(`Realtime cannot be heard: ${error?.message ?? status}`, undefined, error))
        if (status === 'CLOSED') void subscribeAgain(supabase, onEvent, ended)
      }
    })
  await joined.promise
}

async function subscribeAgain(...[supabase, onEvent, ended]: Parameters<typeof subscribe>): Promise<void> {
  await pause(REJOIN_MS)
  if (ended.aborted) return
  // A refused join is tried again by the client, or comes back here as CLOSED.
  await subscribe(supabase, onEvent, ended).then(
    () => onEvent({ event: 'wake' }),
    () => undefined,
  )
}
