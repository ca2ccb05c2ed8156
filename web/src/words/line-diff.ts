/** A line of two texts: in both, only in the old or only in the new one. */
export type DiffLine = { sign: ' ' | '-' | '+'; text: string }

/** What changed between two texts, line by line, by their longest common subsequence. */
export function diffOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = commonTable(before, after)
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]]
    if (old !== undefined && old === fresh) {
      lines.push({ sign: ' ', text: old })
      i++
      j++
    } else if (old !== undefined && (fresh === undefined || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ sign: '-', text: old })
      i++
    } else {
      lines.push({ sign: '+', text: fresh ?? '' })
      j++
    }
  }
  return lines
}

/** Of a diff what has changed, with so many lines around it; null where lines were left out. */
export function changedParts(lines: readonly DiffLine[], around: number): (DiffLine | null)[] {
  const isNear = (index: number) => lines.slice(Math.max(0, index - around), index + around + 1).some(isChange)
  return lines.flatMap((line, index) => {
    if (isNear(index)) return [line]
    return index === 0 || isNear(index - 1) ? [null] : []
  })
}

function isChange({ sign }: DiffLine): boolean {
  return sign !== ' '
}

/** How long the longest common subsequence of the ends from each pair of places is. */
function commonTable(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [table[i] ?? [], table[i + 1] ?? []]
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}
