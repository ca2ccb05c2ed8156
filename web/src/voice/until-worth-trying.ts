/**
 * Waits longer before each further try, and for as long as the browser knows that there is no network. Resolves early
 * when the call ends.
 */
export async function untilWorthTrying(tries: number, signal: AbortSignal): Promise<void> {
  if (!navigator.onLine) await heard(window, 'online', signal)
  if (tries > 0)
    await heard(new EventTarget(), 'never', AbortSignal.any([signal, AbortSignal.timeout(500 * 2 ** (tries - 1))]))
}

function heard(target: EventTarget, type: string, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    target.addEventListener(type, () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}
