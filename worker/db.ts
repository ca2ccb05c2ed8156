import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../shared/database.types.ts'
import type { Config } from './config.ts'
import { connectDirect } from './db-direct.ts'
import { connectRest } from './db-rest.ts'

type Functions = Database['worker']['Functions']
/** A function of schema `worker`; supabase/migrations says what each does. */
export type FunctionName = keyof Functions
export type Args<F extends FunctionName> = Functions[F]['Args']
export type Returns<F extends FunctionName> = Functions[F]['Returns']

/** What the database tells workers at once: there is work, or a running task is to stop. */
export type WorkerEvent = { event: 'wake' } | { event: 'cancel'; task_id: string }

/** The one seam to the database: the same functions over either transport. */
export type Db = {
  /** How events are heard: by LISTEN, or over a private Realtime channel. */
  hears: 'postgres' | 'realtime'
  /** @throws DatabaseError when the call is refused or cannot be made. */
  call: <F extends FunctionName>(name: F, args: Args<F>) => Promise<Returns<F>>
  /**
   * Resolves when events are heard; comes back by itself after a cut. `onChange` tells of the cut and of the return.
   * @throws DatabaseError when it cannot begin.
   */
  hear: (onEvent: (event: WorkerEvent) => void, onChange?: (isHeard: boolean) => void) => Promise<void>
  /** Connections at work and at rest, and calls that wait for one. Absent where there is no pool. */
  pool?: () => { busy: number; idle: number; waiting: number }
  close: () => Promise<void>
}

/** A call that the database refused, or that did not reach it. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
  /** The SQLSTATE, or PostgREST's own code; undefined when no answer came. */
  readonly code: string | undefined

  constructor(message: string, code: string | undefined, cause: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/** Direct when DATABASE_URL is set, else over supabase-js with only the project's URL and key. */
export function openDb(config: Pick<Config, 'supabase' | 'databaseUrl'>): Db {
  return config.databaseUrl ? connectDirect(config.databaseUrl) : connectRest(config.supabase)
}

/**
 * Repeats a call that does not reach the database until it does, or until `giveUp` says so. What is called has to bear
 * a repetition: an answer may have been lost on its way.
 *
 * @throws whatever is no outage, at once: said again, it would fail again.
 */
export async function insist<T>(
  call: () => Promise<T>,
  { giveUp, onFailure }: { giveUp: () => boolean; onFailure: (error: unknown) => void },
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call()
    } catch (error) {
      onFailure(error)
      if (!isOutage(error) || giveUp()) throw error
      await pause(Math.min(5_000, 100 * 2 ** tries))
    }
  }
}

/**
 * No answer, or one that means "not now": SQLSTATE classes connection 08, rollback 40, resources 53, locks 55,
 * operator 57, system 58, and PostgREST's own errors about its connection.
 */
function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === undefined || /^(08|40|53|55|57|58|PGRST00)/.test(error.code))
}

/**
 * Copies JSON without what PostgreSQL cannot store, in keys and values: null bytes and halves of surrogate pairs, which
 * models and web pages do contain.
 */
export function storable<T>(value: T): T {
  const json = JSON.stringify(value)
  // As JSON both are escapes, and most values have neither.
  if (!/\\u(0000|d[89a-f])/.test(json)) return JSON.parse(json)
  return JSON.parse(json, (_key, part) => {
    if (typeof part === 'string') return clean(part)
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), inner]))
  })
}

function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}
