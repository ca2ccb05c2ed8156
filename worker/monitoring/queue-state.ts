import { type QueueStats, queueStats } from '../../shared/queue-stats.ts'
import type { Db } from '../db.ts'
import type { Telemetry } from '../telemetry.ts'
import { KIND_LABELS, kindLabel, type Metrics } from './metrics.ts'

/** A state is good for so long: several who scrape cost the database no more than one. */
const FRESH_MS = 5_000
/** Prometheus gives up after 10 s and then has no metric at all, so a database that hangs is not waited for. */
const PATIENCE_MS = 3_000

const OPEN_STATUSES = ['scheduled', 'pending', 'processing', 'waiting']

/**
 * A reader of the queue's state that asks the database at most once per five seconds, and never a second time while a
 * question is open. It does not throw: `undefined` is a database that gives no answer.
 */
export function watchQueue(db: Db, telemetry: Telemetry): () => Promise<QueueStats | undefined> {
  let reading: Promise<QueueStats | undefined> | undefined
  let isOpen = false
  let readAt = 0

  const read = async () => {
    isOpen = true
    readAt = performance.now()
    try {
      return queueStats.parse(await db.call('stats', {}))
    } catch (error) {
      telemetry.databaseFailed('stats', error)
      return undefined
    } finally {
      isOpen = false
    }
  }
  return () => {
    if (!reading || (!isOpen && performance.now() - readAt >= FRESH_MS)) reading = read()
    return withPatience(reading)
  }
}

async function withPatience<T>(answer: Promise<T>): Promise<T | undefined> {
  const over = Promise.withResolvers<undefined>()
  const timer = setTimeout(over.resolve, PATIENCE_MS, undefined)
  try {
    return await Promise.race([answer, over.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Puts a state into the gauges. Without one they are left out: an old number would look like a true one. */
export function showQueue(metrics: Metrics, state: QueueStats | undefined): void {
  hideQueue(metrics)
  metrics.databaseUp.set(state ? 1 : 0)
  if (!state) return
  metrics.oldestPending.set(state.oldest_pending_seconds ?? 0)
  metrics.stuckTasks.set(state.stuck)
  metrics.workersAlive.set(state.workers.length)
  for (const kind of KIND_LABELS) {
    metrics.workersOfKind.set({ kind }, state.workers.filter(({ kinds }) => kinds?.includes(kind) ?? true).length)
    for (const status of OPEN_STATUSES) metrics.queueTasks.set({ kind, status }, 0)
  }
  for (const { kind, status, tasks } of state.depth) {
    if (OPEN_STATUSES.includes(status)) metrics.queueTasks.inc({ kind: kindLabel(kind), status }, tasks)
  }
}

/** Takes the gauges of the queue out of what is exposed. */
export function hideQueue(metrics: Metrics): void {
  metrics.databaseUp.remove()
  metrics.oldestPending.remove()
  metrics.stuckTasks.remove()
  metrics.workersAlive.remove()
  metrics.workersOfKind.reset()
  metrics.queueTasks.reset()
}
