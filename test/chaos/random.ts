/** Numbers that follow from a seed alone. */
export type Random = {
  /** A whole number from `low` to `high`, both included. */
  between: (low: number, high: number) => number
  /** True in so many of a hundred cases. */
  chance: (percent: number) => boolean
  pick: <T>(list: readonly [T, ...T[]]) => T
  /** The same list in another order. */
  shuffle: <T>(list: readonly T[]) => T[]
  uuid: () => string
}

export function randomFrom(seed: number): Random {
  const next = mulberry32(seed)
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    between,
    chance: percent => next() * 100 < percent,
    pick: list => list[between(0, list.length - 1)] ?? list[0],
    shuffle: list =>
      list
        .map(each => ({ each, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ each }) => each),
    uuid: () => {
      const hex = (digits: number) => Array.from({ length: digits }, () => between(0, 15).toString(16)).join('')
      return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`
    },
  }
}

/** Small and good enough, from 0 to below 1. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
