/** Keeps what arrives, in order, and lets a test wait for it. */
export type Inbox<T> = {
  push(item: T): void
  /** Takes the first item that matches, now or when it comes; those before it stay. */
  next(matches?: (item: T) => boolean): Promise<T>
  /** What has arrived and was not taken. */
  rest(): T[]
}

/** Makes an empty inbox. */
export function makeInbox<T>(): Inbox<T> {
  const items: T[] = []
  const waiters: { matches: (item: T) => boolean; resolve: (item: T) => void }[] = []
  return {
    push(item) {
      const at = waiters.findIndex(({ matches }) => matches(item))
      if (at === -1) items.push(item)
      else waiters.splice(at, 1)[0]?.resolve(item)
    },
    next(matches = () => true) {
      const at = items.findIndex(matches)
      if (at !== -1) return Promise.resolve(items.splice(at, 1)[0] as T)
      return new Promise(resolve => waiters.push({ matches, resolve }))
    },
    rest: () => [...items],
  }
}
