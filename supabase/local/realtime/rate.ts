/** Counts the messages of the whole project, sent and received. */
export type Rate = {
  count(): void
  isOver(): boolean
}

const windowSeconds = 60

/** Averages over the last minute, or since the first message when that is shorter, as hosted does. */
export function makeRate(maxPerSecond: number, now: () => number = Date.now): Rate {
  const counts = new Map<number, number>()
  let since: number | undefined
  const second = () => Math.floor(now() / 1000)
  return {
    count() {
      if (maxPerSecond === Number.POSITIVE_INFINITY) return
      since ??= second()
      counts.set(second(), (counts.get(second()) ?? 0) + 1)
    },
    isOver() {
      if (since === undefined) return false
      const first = Math.max(since, second() - windowSeconds + 1)
      for (const key of counts.keys()) if (key < first) counts.delete(key)
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
      return total / (second() - first + 1) > maxPerSecond
    },
  }
}
