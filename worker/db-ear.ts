import { setTimeout as pause } from 'node:timers/promises'
import { Client, escapeIdentifier } from 'pg'

const PROOF_MS = 5_000

/** A connection that does nothing but LISTEN. */
export type Ear = {
  /**
   * Resolves when the channel is heard for sure. After a cut, or when it could not connect, the ear goes on trying by
   * itself; `onChange` tells of a cut, and of the return, when something may have been missed.
   * @throws when nothing is heard for now.
   */
  listen: (onPayload: (payload: string) => void, onChange: (isHeard: boolean) => void) => Promise<void>
  close: () => Promise<void>
}

export function createEar(url: string, channel: string): Ear {
  let closed = false
  let client: Client | undefined

  /** @param onEnd called once, when the connection has ended. */
  const open = async (hear: (payload: string) => void, onEnd: () => void): Promise<Client> => {
    client = new Client({
      connectionString: url,
      application_name: 'liverow-worker-ear',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    })
    client.on('error', () => undefined)
    client.on('notification', ({ payload = '' }) => hear(payload))
    await client.connect()
    await client.query(`listen ${escapeIdentifier(channel)}`)
    client.once('end', onEnd)
    return client
  }

  const comeBack = async (hear: (payload: string) => void, onChange: (isHeard: boolean) => void): Promise<void> => {
    for (let tries = 0; !closed; tries++) {
      await pause(Math.min(5_000, 100 * 2 ** tries))
      if (closed) return
      try {
        await open(hear, () => onCut(hear, onChange))
        return onChange(true)
      } catch {
        // Not there yet: the next try follows. The end of a client that never began may not come.
        void client?.end().catch(() => undefined)
      }
    }
  }

  const onCut = (hear: (payload: string) => void, onChange: (isHeard: boolean) => void) => {
    if (closed) return
    onChange(false)
    void comeBack(hear, onChange)
  }

  return {
    listen: async (onPayload, onChange) => {
      const proof = crypto.randomUUID()
      const proven = Promise.withResolvers<void>()
      const hear = (payload: string) => {
        if (payload === proof) proven.resolve()
        // Events are JSON objects; the rest are proofs of other workers.
        else if (payload.startsWith('{')) onPayload(payload)
      }
      const opened = await open(hear, () => onCut(hear, onChange)).catch(error => {
        void comeBack(hear, onChange)
        throw error
      })
      // LISTEN succeeds on a transaction pooler too, and then nothing comes; a word to ourselves shows the truth.
      const timer = setTimeout(() => proven.reject(new Error(DEAF)), PROOF_MS)
      try {
        await Promise.all([opened.query('select pg_notify($1, $2)', [channel, proof]), proven.promise])
      } finally {
        clearTimeout(timer)
      }
    },
    close: async () => {
      closed = true
      await Promise.race([client?.end().catch(() => undefined), pause(5_000, undefined, { ref: false })])
    },
  }
}

const DEAF = 'LISTEN hears nothing on this connection: use the direct or the session one (port 5432).'
