import type { Sql } from 'postgres'
import type { Identify } from './claims.ts'
import type { Settings } from './options.ts'
import type { Rate } from './rate.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Topics } from './topics.ts'
import type { Wal } from './wal.ts'

/** What all parts of one server share. */
export type Core = {
  settings: Settings
  /** Pool for checks and rendering; the reader of the log has its own connection. */
  sql: Sql
  endPool(): Promise<void>
  identify: Identify
  rate: Rate
  topics: Topics
  subscriptions: Subscriptions
  wal: Wal
  stopping: AbortSignal
}
