import type { Json } from '../../../shared/database.types.ts'
import type { Config } from '../../../worker/config.ts'
import type { Db } from '../../../worker/db.ts'
import { startWorker, type Worker } from '../../../worker/queue/worker.ts'
import type { Outcome, Perform, StopReason, Task } from '../../../worker/task.ts'
import { listenIn, type Scene, type Told, waitFor } from '../arrange.ts'

/** An attempt in the test's hands. */
export type Begun = {
  task: Task
  signal: AbortSignal
  stop: (reason: StopReason) => void
  end: (outcome: Outcome) => void
  fail: (error: unknown) => void
}

export type Performer = {
  perform: Perform
  begun: Begun[]
  /** Waits for the n-th attempt, from 1. */
  nth: (n: number) => Promise<Begun>
}

/** Attempts end when the test says so; told to stop, an obedient one ends with `partial` as its response. */
export function createPerformer({ obeys = true, partial }: { obeys?: boolean; partial?: Json } = {}): Performer {
  const begun: Begun[] = []
  const perform: Perform = (task, { signal, stop }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    begun.push({ task, signal, stop, end: resolve, fail: reject })
    const obey = () => resolve({ kind: 'stopped', ...(partial !== undefined && { response: partial }) })
    if (obeys && signal.aborted) obey()
    else if (obeys) signal.addEventListener('abort', obey, { once: true })
    return promise
  }
  return { perform, begun, nth: n => waitFor(`attempt ${n}`, () => begun[n - 1]) }
}

export const done: Outcome = { kind: 'completed', response: { answer: 'It scatters.' } }

// Whatever a test waits for must come by an event: no interval is short enough to hide that it did not.
const PATIENT: Config['queue'] = {
  concurrency: 2,
  kinds: null,
  pollSeconds: 60,
  leaseSeconds: 60,
  reapSeconds: 60,
  drainSeconds: 30,
}

export type Started = Worker & { told: Told; db: Db }

/** Starts a worker that is stopped at the end of the test. */
export async function hire(
  scene: Scene,
  { perform, begun }: Performer,
  { db = scene.connect(), ...config }: Partial<Config['queue']> & { db?: Db } = {},
): Promise<Started> {
  const told = listenIn()
  const identity = { host: 'test-host', version: '0.0.0' }
  const { telemetry } = told
  const worker = await startWorker({ db, perform, config: { ...PATIENT, ...config }, identity, telemetry })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= worker.stop()
    return stopped
  }
  scene.atEnd(async () => {
    // Whatever the test was about: what it left running ends here.
    const ending = setInterval(() => {
      worker.stopNow()
      for (const attempt of begun) attempt.end({ kind: 'stopped' })
    }, 5)
    await stop()
    clearInterval(ending)
  })
  return { ...worker, stop, told, db }
}

/** Waits until the worker has found nothing to do and sleeps. */
export async function isIdle({ sql }: Scene, { id }: Pick<Worker, 'id'>): Promise<void> {
  await waitFor('an idle worker', async () => (await sql`select from worker.workers where id = ${id} and idle`).length)
}
