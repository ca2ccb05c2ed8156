/**
 * Follows the write-ahead log:
 *
 *   open ──> read ──> deliver ──> sleep ──┐
 *    ^        ^                           │
 *    │        └───────────────────────────┘
 *    └── pause <── the connection was lost: what happens until there is a new slot is lost too, as on hosted
 */
import type { Settings } from './options.ts'
import type { Change } from './pgoutput.ts'
import { makeSleeper, pause } from './sleep.ts'
import { openWal, type WalSession } from './wal-session.ts'

/** A running reader of the log. */
export type Wal = {
  /** Reads once more, and resolves when all that was committed before this call has been delivered. */
  catchUp(): Promise<void>
  /** Looks at the log soon, because somebody began to listen. */
  wake(): void
  /** Resolves when the reader has stopped. */
  ended: Promise<void>
}

/** What the reader asks of the rest. */
type WalEvents = {
  isAnybodyListening(): boolean
  deliver(changes: Change[]): Promise<void>
  /** There is a slot again after a loss. */
  reopened(): void
}

/** Opens the log and follows it until `stopping`. @throws when the first connection fails. */
export async function followWal(settings: Settings, stopping: AbortSignal, events: WalEvents): Promise<Wal> {
  const sleeper = makeSleeper()
  stopping.addEventListener('abort', sleeper.wake)
  const waiting: (() => void)[] = []

  const follow = async (session: WalSession) => {
    while (!stopping.aborted) {
      const served = waiting.length
      for (let isMore = true; isMore; ) {
        const batch = await session.read()
        await events.deliver(batch.changes)
        isMore = batch.isMore
      }
      for (const resolve of waiting.splice(0, served)) resolve()
      await sleeper.sleep(events.isAnybodyListening() ? settings.pollMs : settings.idlePollMs)
    }
  }

  const run = async (first: WalSession) => {
    let session: WalSession | undefined = first
    while (!stopping.aborted) {
      try {
        session ??= await openWal(settings, stopping)
        if (session !== first) events.reopened()
        await follow(session)
      } catch (error) {
        if (!stopping.aborted) settings.log(`reading the write-ahead log failed, trying again: ${error}`)
      }
      const ended = session?.end()
      session = undefined
      if (stopping.aborted) await ended
      else await pause(settings.errorBackoffMs, stopping)
    }
    for (const resolve of waiting) resolve()
  }

  const ended = run(await openWal(settings, stopping))
  return {
    ended,
    wake: sleeper.wake,
    catchUp: () =>
      new Promise(resolve => {
        if (stopping.aborted) return resolve()
        waiting.push(resolve)
        sleeper.wake()
      }),
  }
}
