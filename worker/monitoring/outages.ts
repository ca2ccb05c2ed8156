/** What a worker cannot do without, by the names of the functions. */
const VITAL = new Set(['claim', 'beat', 'settle'])
/** A restart of the database is over by then, and wakes nobody. */
const LONG_MS = 60_000

/** Tells once of each vital function that the database has not answered for a minute. */
export function createOutages(now: () => number = () => performance.now()) {
  const failing = new Map<string, { since: number; isTold: boolean }>()
  return {
    answered: (name: string): void => {
      if (failing.size > 0) failing.delete(name)
    },
    /** @returns whether somebody should hear of it now. */
    failed: (name: string): boolean => {
      if (!VITAL.has(name)) return false
      const outage = failing.get(name) ?? { since: now(), isTold: false }
      failing.set(name, outage)
      if (outage.isTold || now() - outage.since < LONG_MS) return false
      outage.isTold = true
      return true
    },
  }
}
