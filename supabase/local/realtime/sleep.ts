/** A sleep that can be cut short. */
type Sleeper = {
  sleep(ms: number): Promise<void>
  /** Ends the current sleep, or the next one when nobody sleeps. */
  wake(): void
}

/** Makes a sleeper for one loop. */
export function makeSleeper(): Sleeper {
  let woken = false
  let end: (() => void) | undefined
  return {
    async sleep(ms) {
      if (!woken) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          end = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      woken = false
      end = undefined
    },
    wake() {
      woken = true
      end?.()
    },
  }
}

/** Waits, or returns at once when the server stops. */
export async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return
  await new Promise<void>(resolve => {
    const done = () => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stopping.addEventListener('abort', done)
  })
}
