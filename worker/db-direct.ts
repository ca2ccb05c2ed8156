import { Pool, DatabaseError as Refusal } from 'pg'
import { DatabaseError, type Db, type FunctionName, storable, type WorkerEvent } from './db.ts'
import { createEar } from './db-ear.ts'

// A transaction pooler hands each transaction to another session, where prepared statements are unknown.
const POOLER_PORT = '6543'
const PATIENCE_MS = 15_000
// What these return are sets of rows. Those called most come as PostgreSQL sends them, which costs far less than JSON and
// looks the same: they have no times and no bigints.
const PLAIN_SETS = new Set<FunctionName>(['append_deltas', 'claim', 'beat', 'settle', 'reap'])
const SETS = new Set<FunctionName>([...PLAIN_SETS, 'due_schedules'])

/** Calls over a direct connection to PostgreSQL. */
export function connectDirect(url: string): Db {
  const prepares = new URL(url).port !== POOLER_PORT
  const pool = new Pool({
    connectionString: url,
    max: 4,
    application_name: 'liverow-worker',
    connectionTimeoutMillis: PATIENCE_MS,
    // The server ends what takes too long; if it cannot be heard any more, we do.
    statement_timeout: PATIENCE_MS,
    query_timeout: PATIENCE_MS + 5_000,
    keepAlive: true,
  })
  // An idle connection was cut: the next call opens another.
  pool.on('error', () => undefined)
  const ear = createEar(url, 'agent_tasks')
  const end = async () => {
    await ear.close()
    await pool.end()
  }
  let ended: Promise<void> | undefined
  return {
    hears: 'postgres',
    call: async (name, args) => {
      const values = Object.values(storable(args))
      const text = statement(name, args)
      try {
        const { rows } = await pool.query(
          prepares ? { name: `${name}/${values.length}`, text, values } : { text, values },
        )
        if (PLAIN_SETS.has(name)) return rows
        const results = rows.map(row => row.value)
        return SETS.has(name) ? results : results[0]
      } catch (cause) {
        throw asDatabaseError(cause)
      }
    },
    hear: async (onEvent, onChange) => {
      try {
        await ear.listen(
          payload => onEvent(JSON.parse(payload) as WorkerEvent),
          isHeard => {
            onChange?.(isHeard)
            // Something may have been missed.
            if (isHeard) onEvent({ event: 'wake' })
          },
        )
      } catch (cause) {
        throw asDatabaseError(cause)
      }
    },
    pool: () => ({ busy: pool.totalCount - pool.idleCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => {
      ended ??= end()
      return ended
    },
  }
}

/** `to_jsonb` makes both transports return the same: scalars as they are, rows as objects, times as ISO text. */
function statement(name: FunctionName, args: object): string {
  const named = Object.keys(args).map((arg, index) => `${arg} => $${index + 1}`)
  const call = `worker.${name}(${named.join(', ')})`
  return PLAIN_SETS.has(name) ? `select * from ${call}` : `select to_jsonb(result) as value from ${call} result`
}

function asDatabaseError(cause: unknown): DatabaseError {
  if (cause instanceof Refusal) return new DatabaseError(cause.message, cause.code, cause)
  return new DatabaseError(`The database cannot be reached: ${(cause as Error).message}`, undefined, cause)
}
