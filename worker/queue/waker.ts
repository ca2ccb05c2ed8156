/** A sleep that others can cut short. A call of `wake` between two sleeps is not lost: the next one ends at once. */
export type Waker = { wake: () => void; sleep: (ms: number) => Promise<void> }

export function createWaker(): Waker {
  let woken = false
  let end: (() => void) | undefined
  return {
    wake: () => {
      woken = true
      end?.()
    },
    sleep: async ms => {
      if (!woken) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, ms)
        end = resolve
        await promise
        clearTimeout(timer)
      }
      woken = false
      end = undefined
    },
  }
}
