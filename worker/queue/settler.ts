import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Json } from '../../shared/database.types.ts'
import type { TaskFault } from '../../shared/task.ts'
import { type Args, type Db, insist } from '../db.ts'
import type { Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'

/** How an attempt is settled; worker.settle in SQL says what each does. */
export type Settlement =
  | { outcome: 'completed'; detail: { response: Json } }
  | { outcome: 'failed'; detail: { error: TaskFault; response?: Json } }
  | { outcome: 'retry'; detail: { error: TaskFault } }
  | { outcome: 'snooze'; detail: { error: TaskFault; after_seconds: number } }
  | { outcome: 'cancelled'; detail: { response?: Json } }
  | { outcome: 'released' | 'waiting'; detail: Record<string, never> }

/** Resolves with the row's new status, or `lost`. Does not give up while the lease may still be ours. */
export type Settle = (task: Task, settlement: Settlement, isLost: () => boolean) => Promise<string>

type Entry = { task: Task; settlement: Settlement; isLost: () => boolean; resolve: (status: string) => void }

/**
 * Settles in batches: what ends in the same turn of the event loop, or while one call is under way, goes together. Nothing
 * is waited for besides.
 */
export function createSettler({ db, telemetry }: { db: Db; telemetry: Telemetry }): Settle {
  const waiting: Entry[] = []
  let busy = false

  const send = async () => {
    busy = true
    await endOfTurn()
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 500)
      for (const [entry, status] of await settleAll(db, telemetry, batch)) entry.resolve(status)
    }
    busy = false
  }

  return (task, settlement, isLost) => {
    const { promise, resolve } = Promise.withResolvers<string>()
    waiting.push({ task, settlement, isLost, resolve })
    if (!busy) void send()
    return promise
  }
}

async function settleAll(db: Db, telemetry: Telemetry, batch: Entry[]): Promise<Map<Entry, string>> {
  try {
    const rows = await insist(() => db.call('settle', settleArgs(batch)), {
      giveUp: () => batch.every(entry => entry.isLost()),
      onFailure: error => telemetry.databaseFailed('settle', error),
    })
    const status = new Map(rows.map(row => [row.lease_id, row.status]))
    return new Map(batch.map(entry => [entry, status.get(entry.task.leaseId) ?? 'lost']))
  } catch {
    // One refused detail must not hold back its neighbours; alone, it is let go and its lease runs out.
    if (batch.length === 1 || batch.every(entry => entry.isLost())) return lost(batch)
    const settled = await Promise.all(batch.map(entry => settleAll(db, telemetry, [entry])))
    return new Map(settled.flatMap(each => [...each]))
  }
}

function settleArgs(batch: Entry[]): Args<'settle'> {
  return {
    p_tasks: batch.map(entry => entry.task.id),
    p_leases: batch.map(entry => entry.task.leaseId),
    p_outcomes: batch.map(entry => entry.settlement.outcome),
    p_details: batch.map(entry => entry.settlement.detail as Json),
  }
}

function lost(batch: Entry[]): Map<Entry, string> {
  return new Map(batch.map(entry => [entry, 'lost']))
}
