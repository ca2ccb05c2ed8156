import type { Db } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'

const PRUNE_LIMIT = 1_000
const REAP_LIMIT = 100

/**
 * What any worker does for all: every `reapSeconds` it takes the tasks of dead workers back, and removes the streams
 * of tasks that ended long ago. Workers may do so at the same time: locked rows are skipped.
 *
 * @returns a function that ends it.
 */
export function startUpkeep(options: { db: Db; reapSeconds: number; telemetry: Telemetry }): () => Promise<void> {
  const { db, reapSeconds, telemetry } = options
  let running: Promise<void> | undefined

  const once = async () => {
    try {
      const reaped = await db.call('reap', { p_limit: REAP_LIMIT })
      telemetry.tasksReaped(reaped)
      await db.call('prune', { p_limit: PRUNE_LIMIT })
    } catch (error) {
      telemetry.databaseFailed('upkeep', error)
    }
  }
  const timer = setInterval(() => {
    running ??= once().finally(() => {
      running = undefined
    })
  }, reapSeconds * 1000)

  return async () => {
    clearInterval(timer)
    await running
  }
}
