import type { Db } from '../db.ts'
import type { StopReason, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'

// Workers that have not beaten for a minute count as dead, whatever their leases.
const LONGEST_INTERVAL_MS = 10_000
// Who holds nothing need only stay on record, which claims see to as well.
const LONGEST_IDLE_INTERVAL_MS = 20_000

type Held = { taskId: string; renewedAt: number; stop: (reason: StopReason) => void }

/** The leases of the tasks at work here: one beat prolongs them all and brings back who is to stop. */
export type Leases = {
  /** Beats at once, besides the regular beats; the first puts the worker on record. @throws DatabaseError */
  beat: () => Promise<void>
  /** From a claim that was sent at `claimedAt` (performance.now) until the returned function is called. */
  hold: (task: Task, claimedAt: number, stop: (reason: StopReason) => void) => () => void
  stop: (taskId: string, reason: StopReason) => void
  /** Stops what is held and whatever is held from now on. */
  stopAll: (reason: StopReason) => void
  /** False while the database does not take our beats: then nothing more is to be claimed. */
  isHealthy: () => boolean
  close: () => Promise<void>
}

export function keepLeases(options: {
  db: Db
  worker: { id: string; host: string; version: string; kinds: string[] | null; slots: number }
  leaseSeconds: number
  telemetry: Telemetry
  /** Called when beats are taken again. */
  onRecovery?: () => void
}): Leases {
  const { db, worker, leaseSeconds, telemetry, onRecovery } = options
  const leaseMs = leaseSeconds * 1000
  const idleMs = Math.min((leaseMs * 2) / 3, LONGEST_IDLE_INTERVAL_MS)
  // By lease, not by task: one that was reset by hand may be here twice until its old attempt hears of it.
  const held = new Map<string, Held>()
  let healthy = true
  let beatenAt = Number.NEGATIVE_INFINITY
  let stopping: StopReason | undefined
  let beating: Promise<void> | undefined

  const beat = async () => {
    const sentAt = performance.now()
    beatenAt = sentAt
    const beaten = [...held]
    const verdicts = await db.call('beat', {
      p_worker: worker.id,
      p_host: worker.host,
      p_version: worker.version,
      p_hears: db.hears,
      p_tasks: beaten.map(([, each]) => each.taskId),
      p_leases: beaten.map(([leaseId]) => leaseId),
      p_lease_seconds: leaseSeconds,
      ...(worker.kinds && { p_kinds: worker.kinds }),
      p_slots: worker.slots,
    })
    for (const { lease_id, verdict } of verdicts) {
      const each = held.get(lease_id)
      if (verdict === 'ok' && each) each.renewedAt = sentAt
      else each?.stop(verdict as StopReason)
    }
  }

  // Our own clock decides when to let go: well before the database would give the task to somebody else.
  const letGoOfStale = () => {
    const stale = performance.now() - leaseMs * 0.7
    for (const each of held.values()) if (each.renewedAt < stale) each.stop('lost')
  }

  const tick = () => {
    letGoOfStale()
    if (held.size === 0 && healthy && performance.now() - beatenAt < idleMs) return
    beating ??= beat()
      .then(
        () => {
          const recovered = !healthy
          healthy = true
          if (recovered) onRecovery?.()
        },
        error => {
          healthy = false
          telemetry.databaseFailed('beat', error)
        },
      )
      .finally(() => {
        beating = undefined
      })
  }
  const timer = setInterval(tick, Math.min(leaseMs / 5, LONGEST_INTERVAL_MS))

  return {
    beat,
    hold: (task, claimedAt, stop) => {
      held.set(task.leaseId, { taskId: task.id, renewedAt: claimedAt, stop })
      if (stopping) stop(stopping)
      return () => held.delete(task.leaseId)
    },
    stop: (taskId, reason) => {
      for (const each of held.values()) if (each.taskId === taskId) each.stop(reason)
    },
    stopAll: reason => {
      stopping = reason
      for (const each of held.values()) each.stop(reason)
    },
    isHealthy: () => healthy,
    close: async () => {
      clearInterval(timer)
      await beating
    },
  }
}
