import type { Config } from '../config.ts'
import type { Args, Db, Returns, WorkerEvent } from '../db.ts'
import type { Perform, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import { keepLeases, type Leases } from './leases.ts'
import { runTask } from './run-task.ts'
import { createSettler } from './settler.ts'
import { startUpkeep } from './upkeep.ts'
import { createWaker } from './waker.ts'

const HEARTBEAT_MS = 30_000
const LONGEST_BACKOFF_MS = 30_000

export type Worker = {
  id: string
  inFlight: () => number
  /** True while the database takes our claims and beats. */
  isReady: () => boolean
  /** Claims nothing more, lets the tasks at work end for `drainSeconds`, then stops them and gives them back. */
  stop: () => Promise<void>
  /** Cuts the drain short. */
  stopNow: () => void
}

type Options = { db: Db; perform: Perform; config: Config['queue']; identity: { host: string; version: string } }

/** Takes tasks from the queue and has them performed, as many at once as `concurrency` says. */
export async function startWorker(options: Options & { telemetry: Telemetry }): Promise<Worker> {
  const { db, perform, config, identity, telemetry } = options
  const id = crypto.randomUUID()
  const waker = createWaker()
  const leases = keepLeases({
    db,
    worker: { id, ...identity, kinds: config.kinds, slots: config.concurrency },
    leaseSeconds: config.leaseSeconds,
    telemetry,
    onRecovery: waker.wake,
  })
  await leases.beat().catch(async error => {
    await leases.close()
    throw error
  })
  const settle = createSettler({ db, telemetry })
  const endUpkeep = startUpkeep({ db, reapSeconds: config.reapSeconds, telemetry })
  let inFlight = 0
  const heartbeat = setInterval(() => telemetry.heartbeat(inFlight), HEARTBEAT_MS)
  let stopping = false
  let claimsFailed = 0

  // Beside the work: polling does until it is known whether events are heard. What came before is found by one look.
  void db.hear(event => onEvent(event, waker.wake, leases)).then(waker.wake, telemetry.hearingFailed)

  const room = { perform, leases, settle, telemetry }
  const onEnd = () => {
    inFlight -= 1
    waker.wake()
  }
  const claim = async (free: number): Promise<number> => {
    const claimedAt = performance.now()
    const tasks = await db.call('claim', claimArgs(id, free, config))
    for (const row of tasks) {
      inFlight += 1
      void runTask(taskOf(row), claimedAt, room).then(onEnd)
    }
    return tasks.length
  }

  // Free slots, claim, start, sleep. A claim that got less than it asked for puts us on record as idle, so that inserts
  // wake us; a row that came just before that record is found by claiming once more.
  const work = async () => {
    let idle = false
    while (!stopping) {
      const free = config.concurrency - inFlight
      if (free === 0 || !leases.isHealthy()) {
        await waker.sleep(config.pollSeconds * 1000)
        continue
      }
      try {
        const wasIdle = idle
        idle = (await claim(free)) < free
        claimsFailed = 0
        if (idle && wasIdle) await waker.sleep(config.pollSeconds * 1000)
      } catch (error) {
        telemetry.databaseFailed('claim', error)
        claimsFailed += 1
        await waker.sleep(Math.min(LONGEST_BACKOFF_MS, config.pollSeconds * 1000 * 2 ** (claimsFailed - 1)))
      }
    }
  }
  const working = work()

  const drained = async () => {
    await working
    while (inFlight > 0) await waker.sleep(HEARTBEAT_MS)
  }

  return {
    id,
    inFlight: () => inFlight,
    isReady: () => !stopping && claimsFailed === 0 && leases.isHealthy(),
    stopNow: () => leases.stopAll('shutdown'),
    stop: async () => {
      stopping = true
      waker.wake()
      telemetry.workerStopping(inFlight, config.drainSeconds)
      const patience = setTimeout(() => leases.stopAll('shutdown'), config.drainSeconds * 1000)
      await drained()
      clearTimeout(patience)
      clearInterval(heartbeat)
      await endUpkeep()
      await leases.close()
      await db.call('leave', { p_worker: id }).catch(error => telemetry.databaseFailed('goodbye', error))
      telemetry.workerOffline()
    },
  }
}

function onEvent(event: WorkerEvent, wake: () => void, leases: Leases): void {
  if (event.event === 'wake') wake()
  else leases.stop(event.task_id, 'cancel')
}

function claimArgs(id: string, slots: number, config: Config['queue']): Args<'claim'> {
  const kinds = config.kinds ? { p_kinds: config.kinds } : {}
  return { p_worker: id, p_slots: slots, p_lease_seconds: config.leaseSeconds, ...kinds }
}

/** A claimed row as the attempt knows it. */
export function taskOf(row: Returns<'claim'>[number]): Task {
  return {
    id: row.task_id,
    leaseId: row.lease_id,
    kind: row.kind,
    life: row.life,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    userId: row.user_id,
    enterpriseId: row.enterprise_id,
    payload: row.request_payload,
    waitedSeconds: row.waited_seconds,
    deadlineSeconds: row.deadline_seconds,
    correlationId: row.correlation_id,
  }
}
