import { randomBytes } from 'node:crypto'
import postgres, { type PendingQuery, type Row, type Sql } from 'postgres'
import type { Settings } from './options.ts'
import { type Change, decodeChanges } from './pgoutput.ts'

/** A connection with a temporary replication slot; PostgreSQL drops the slot with the connection. */
export type WalSession = {
  /** What was committed since the last read, at most one batch or one transaction if that is larger. */
  read(): Promise<{ changes: Change[]; isMore: boolean }>
  end(): Promise<void>
}

type Query = <T extends Row>(pending: PendingQuery<T[]>) => Promise<T[]>
type Slot = { sql: Sql; query: Query; name: string; isLazy: boolean; readUpTo: string }

const publications = 'supabase_realtime,supabase_realtime_messages_publication'
const batchSize = 1000
// Each read decodes from the slot's restart point, which moves only past a snapshot of the running transactions.
const maxBacklogBytes = 512 * 1024

/** Connects and makes a slot. @throws when that fails, or when `stopping` cuts it short. */
export async function openWal(settings: Settings, stopping: AbortSignal): Promise<WalSession> {
  const sql = postgres(settings.databaseUrl, {
    max: 1,
    // A connection that is renewed would take its slot with it.
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: 'realtime wal', TimeZone: 'UTC' },
  })
  // Once its connection was lost, the driver's graceful end never comes; and one that was not lost closes in no time.
  const end = () => sql.end({ timeout: 1 })
  try {
    const slot = await makeSlot(sql, cancellable(stopping))
    return { end, read: () => read(slot) }
  } catch (error) {
    void end()
    throw error
  }
}

// Making a slot waits for every open transaction of the cluster, so a stop that waits for it may never come.
function cancellable(stopping: AbortSignal): Query {
  return async pending => {
    stopping.throwIfAborted()
    const cancel = () => pending.cancel()
    stopping.addEventListener('abort', cancel)
    try {
      return await pending
    } finally {
      stopping.removeEventListener('abort', cancel)
    }
  }
}

async function makeSlot(sql: Sql, query: Query): Promise<Slot> {
  const name = `realtime_local_${randomBytes(8).toString('hex')}`
  const [made] = await query(sql<{ isLazy: boolean }[]>`
    select current_setting('synchronous_commit') = 'off' as "isLazy"
    from pg_create_logical_replication_slot(${name}, 'pgoutput', true)
  `)
  return { sql, query, name, isLazy: made?.isLazy === true, readUpTo: '' }
}

async function read(slot: Slot): Promise<{ changes: Change[]; isMore: boolean }> {
  const { sql, query, name } = slot
  if (slot.isLazy) await flush(slot)
  const [position] = await query(sql<{ flushed: string; backlog: string }[]>`
    select pg_current_wal_flush_lsn()::text as flushed, pg_current_wal_flush_lsn() - restart_lsn as backlog
    from pg_catalog.pg_replication_slots where slot_name = ${name}
  `)
  if (!position) throw new Error('the replication slot is gone')
  if (position.flushed === slot.readUpTo) return { changes: [], isMore: false }
  if (Number(position.backlog) > maxBacklogBytes) await query(sql`select pg_log_standby_snapshot()`)
  const rows = await query(sql<{ xid: string; isOpen: boolean; data: Buffer }[]>`
    select xid::text, pg_xact_status(xid::text::xid8) = 'in progress' as "isOpen", data
    from pg_logical_slot_get_binary_changes(${name}, null, ${batchSize},
      'proto_version', '1', 'publication_names', ${publications})
  `)
  const open = new Set(rows.filter(row => row.isOpen).map(row => row.xid))
  if (open.size > 0) await untilVisible(slot, [...open])
  slot.readUpTo = position.flushed
  return { changes: decodeChanges(rows.map(row => row.data)), isMore: rows.length >= batchSize }
}

// Where commits do not wait for the disk, they are seen by others before they can be read here.
async function flush({ sql, query }: Slot): Promise<void> {
  await query(sql`
    select pg_logical_emit_message(false, 'realtime', '', true)
    where pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()
  `)
}

// A commit reaches the log a moment before other sessions see it; row-level security must not be asked in between.
async function untilVisible({ sql, query }: Slot, xids: string[]): Promise<void> {
  for (;;) {
    const open = await query(sql`
      select 1 from json_array_elements_text(${JSON.stringify(xids)}::text::json) as xid
      where pg_xact_status(xid::text::xid8) = 'in progress'
    `)
    if (open.length === 0) return
  }
}
