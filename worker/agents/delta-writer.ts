import type { Json } from '../../shared/database.types.ts'
import type { Delta } from '../../shared/deltas.ts'
import { type Db, insist } from '../db.ts'
import type { Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'

/** What comes back for one attempt's deltas. */
type Appended = { verdict: string; watched: boolean }

/** Writes the deltas of all tasks of this process. */
export type DeltaWriter = {
  /** Resolves when they are in the table. @param giveUp says that nobody waits for it any more. */
  append: (task: Task, deltas: Delta[], giveUp: () => boolean) => Promise<Appended>
}

type Batch = {
  task: Task
  deltas: Json[]
  giveUp: () => boolean
  resolve: (appended: Appended) => void
  reject: (error: unknown) => void
}

/** The Data API cuts what a function returns at a thousand rows. */
const MOST_TASKS = 500

/**
 * One write at a time: what comes meanwhile, of whatever tasks, goes together into the next. So a thousand streams cost
 * the database as many transactions as one.
 */
export function createDeltaWriter(db: Db, telemetry: Telemetry): DeltaWriter {
  let waiting: Batch[] = []
  let busy = false

  const writeAll = async () => {
    busy = true
    while (waiting.length > 0) {
      const batches = waiting.slice(0, MOST_TASKS)
      waiting = waiting.slice(MOST_TASKS)
      await write(batches)
    }
    busy = false
  }

  const write = async (batches: Batch[]): Promise<void> => {
    try {
      const rows = await insist(() => db.call('append_deltas', argsOf(batches)), {
        giveUp: () => batches.every(({ giveUp }) => giveUp()),
        onFailure: error => telemetry.databaseFailed('delta', error),
      })
      const byLease = new Map(rows.map(row => [row.lease_id, row]))
      for (const { task, resolve } of batches) resolve(byLease.get(task.leaseId) ?? { verdict: 'lost', watched: false })
    } catch (error) {
      // One that is refused must not take the others with it.
      if (batches.length === 1) batches[0]?.reject(error)
      else for (const batch of batches) await write([batch])
    }
  }

  return {
    append: (task, deltas, giveUp) => {
      const { promise, resolve, reject } = Promise.withResolvers<Appended>()
      waiting.push({ task, deltas: deltas as Json[], giveUp, resolve, reject })
      // After all that become ready in this turn of the loop.
      if (!busy) {
        busy = true
        setImmediate(() => void writeAll())
      }
      return promise
    },
  }
}

function argsOf(batches: Batch[]) {
  return {
    p_tasks: batches.map(({ task }) => task.id),
    p_leases: batches.map(({ task }) => task.leaseId),
    p_batches: batches.map(({ deltas }) => ({ deltas })),
  }
}
