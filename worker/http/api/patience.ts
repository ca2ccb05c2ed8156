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
