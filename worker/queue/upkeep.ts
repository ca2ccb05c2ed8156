import type { Db } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'

const REAP_LIMIT = 100
const PRUNE_LIMIT = 10_000
/** Streams are pruned in one round of so many, beginning with the first. */
const PRUNE_EVERY = 12

/**
 * What any worker does for all: every `reapSeconds` it takes the tasks of dead workers back, and now and then it removes
 * the streams of tasks that ended long ago. Workers may do so at the same time.
 *
 * @returns a function that ends it.
 */
export function startUpkeep(options: { db: Db; reapSeconds: number; telemetry: Telemetry }): () => Promise<void> {
  const { db, reapSeconds, telemetry } = options
  let rounds = 0
  let running: Promise<void> | undefined

  const round = async () => {
    try {
      telemetry.tasksReaped(await db.call('reap', { p_limit: REAP_LIMIT }))
      if (rounds++ % PRUNE_EVERY === 0) await db.call('prune', { p_limit: PRUNE_LIMIT })
    } catch (error) {
      telemetry.databaseFailed('upkeep', error)
    }
  }
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined
    })
  }, reapSeconds * 1000)

  return async () => {
    clearInterval(timer)
    await running
  }
}
