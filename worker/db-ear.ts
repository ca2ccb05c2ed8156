import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

const PROOF_MS = 5_000

/** A connection that does nothing but LISTEN. */
export type Ear = {
  /**
   * Resolves when the channel is heard for sure. After a cut the ear opens again by itself, and `onReturn` tells that
   * something may have been missed.
   * @throws when nothing can be heard over this connection.
   */
  listen: (onPayload: (payload: string) => void, onReturn: () => void) => Promise<void>
  close: () => Promise<void>
}

/**
 * Not `sql.listen` of postgres.js: that comes back once after a cut, and a database that restarts refuses the first
 * attempt.
 */
export function createEar(url: string, channel: string): Ear {
  let closed = false
  let returning = false
  let listening: { hear: (payload: string) => void; onReturn: () => void } | undefined

  const options = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: 0,
    fetch_types: false,
    connect_timeout: 10,
    connection: { application_name: 'liverow-worker-ear' },
    onclose: () => void comeBack(),
    // Known to postgres.js, not to its types.
    onnotify: (_channel: string, payload: string) => listening?.hear(payload),
  }
  const sql = postgres(url, options as postgres.Options<Record<string, never>>)

  const comeBack = async () => {
    if (closed || returning || !listening) return
    returning = true
    for (let tries = 0; !closed; tries++) {
      await pause(Math.min(5_000, 100 * 2 ** tries))
      try {
        await sql`listen ${sql(channel)}`
        listening.onReturn()
        break
      } catch {
        // Not there yet: the next try follows.
      }
    }
    returning = false
  }

  return {
    listen: async (onPayload, onReturn) => {
      const proof = crypto.randomUUID()
      const proven = Promise.withResolvers<void>()
      const hear = (payload: string) => {
        if (payload === proof) proven.resolve()
        // Events are JSON objects; the rest are proofs of other workers.
        else if (payload.startsWith('{')) onPayload(payload)
      }
      listening = { hear, onReturn }
      await sql`listen ${sql(channel)}`
      // LISTEN succeeds on a transaction pooler too, and then nothing comes; a word to ourselves shows the truth.
      const timer = setTimeout(() => proven.reject(new Error(DEAF)), PROOF_MS)
      try {
        await Promise.all([sql`select pg_notify(${channel}, ${proof})`, proven.promise])
      } finally {
        clearTimeout(timer)
      }
    },
    close: async () => {
      closed = true
      await sql.end({ timeout: 5 })
    },
  }
}

const DEAF = 'LISTEN hears nothing on this connection: use the direct or the session one (port 5432).'
