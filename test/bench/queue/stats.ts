/** The value below which `part` (0 to 1) of the numbers lie; NaN when there are none. */
export function quantile(numbers: number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export function median(numbers: number[]): number {
  return quantile(numbers, 0.5)
}
