import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

/** Calls `look` until it gives something other than false; false when it has not after so many ms, or was told to end. */
export async function until(look: () => boolean | Promise<boolean>, ms: number, signal: AbortSignal): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end && !signal.aborted; await pause(50)) {
    if (await look()) return true
  }
  return false
}

/** Says it to the database until it has been taken: it may be away. @throws when it is refused, or when told to end */
export async function untilTaken<T>(say: () => PromiseLike<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await say()
    } catch (error) {
      if (error instanceof postgres.PostgresError && !/^(08|53|57)/.test(error.code)) throw error
      await pause(50)
    }
  }
}
