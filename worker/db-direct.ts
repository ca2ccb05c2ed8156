import postgres from 'postgres'
import { DatabaseError, type Db, type FunctionName, storable, type WorkerEvent } from './db.ts'
import { createEar } from './db-ear.ts'

// A transaction pooler hands each transaction to another session, where prepared statements are unknown.
const POOLER_PORT = '6543'
const SETS = new Set<FunctionName>(['claim', 'beat', 'settle', 'reap'])

/** Calls over a direct connection to PostgreSQL. */
export function connectDirect(url: string): Db {
  const prepare = new URL(url).port !== POOLER_PORT
  const sql = postgres(url, {
    max: 4,
    prepare,
    onnotice: () => undefined,
    connection: { application_name: 'liverow-worker', statement_timeout: 15_000 },
    connect_timeout: 10,
  })
  const ear = createEar(url, 'agent_tasks')
  return {
    hears: 'postgres',
    call: async (name, args) => {
      const values = Object.values(storable(args))
      try {
        const rows = await sql.unsafe(statement(name, args), values, { prepare })
        const results = rows.map(row => row.value)
        return SETS.has(name) ? results : results[0]
      } catch (cause) {
        throw asDatabaseError(cause)
      }
    },
    hear: async onEvent => {
      try {
        const onReturn = () => onEvent({ event: 'wake' })
        await ear.listen(payload => onEvent(JSON.parse(payload) as WorkerEvent), onReturn)
      } catch (cause) {
        throw asDatabaseError(cause)
      }
    },
    close: async () => {
      await ear.close()
      await sql.end({ timeout: 5 })
    },
  }
}

/** `to_jsonb` makes both transports return the same: scalars as they are, rows as objects, times as ISO text. */
function statement(name: string, args: object): string {
  const named = Object.keys(args).map((arg, index) => `${arg} => $${index + 1}`)
  return `select to_jsonb(result) as value from worker.${name}(${named.join(', ')}) result`
}

function asDatabaseError(cause: unknown): DatabaseError {
  if (cause instanceof postgres.PostgresError) return new DatabaseError(cause.message, cause.code, cause)
  return new DatabaseError(`The database cannot be reached: ${(cause as Error).message}`, undefined, cause)
}
