import { setTimeout as pause } from 'node:timers/promises'

/** How long somebody is waited for: `signal` fires when that is over, `close` must be called when it is no longer needed. */
export type Patience = { signal: AbortSignal; close: () => void }

/**
 * Fires after so long, when the caller has gone, or when the worker is about to end. By hand, since `AbortSignal.any`
 * keeps what it makes for as long as a signal that lives with the process.
 */
export function openPatience(seconds: number, signals: AbortSignal[], onClose: () => void): Patience {
  const controller = new AbortController()
  const end = () => controller.abort()
  const timer = setTimeout(end, seconds * 1000)
  for (const signal of signals) {
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }
  return {
    signal: controller.signal,
    close: () => {
      onClose()
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', end)
    },
  }
}

const FIRST_LOOK_MS = 100
const LATER_LOOKS_MS = 1_000

/**
 * Looks until there is nothing more to wait for, or `signal` fires, and gives what was seen last.
 *
 * It looks again and again instead of listening: hundreds of waiting callers would else need a socket each.
 */
export async function lookUntilSettled<T extends { isSettled: boolean }>(
  look: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let ms = FIRST_LOOK_MS; ; ms = Math.min(ms * 1.3, LATER_LOOKS_MS)) {
    const seen = await look()
    if (seen.isSettled || signal.aborted) return seen
    await pause(ms, undefined, { signal }).catch(() => undefined)
  }
}
