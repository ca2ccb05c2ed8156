import type { Db } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'
import { watchQueue } from './queue-state.ts'

/** What is looked up when somebody scrapes, because nothing tells of it as it happens. Never throws. */
export function createLookUp(db: Db, telemetry: Telemetry): () => Promise<void> {
  const readQueue = watchQueue(db, telemetry)
  return async () => {
    telemetry.queueSeen(await readQueue())
    telemetry.poolSeen(db.pool?.())
  }
}
