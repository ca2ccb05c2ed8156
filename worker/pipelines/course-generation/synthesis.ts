/** A claim with the numbers of the sources that it rests on. */
export type Finding = { claim: string; sources: number[] }

/**
 * Merges findings that say the same, and says how well they are founded.
 *
 * @returns the findings with the best founded first, and what a reader has to know of them
 */
export function synthesize(findings: Finding[]): { findings: Finding[]; sources: number[]; remarks: string[] } {
  const merged = new Map<string, Finding>()
  for (const { claim, sources } of findings) {
    const text = claim.trim()
    if (!text) continue
    const key = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
    merged.set(key, { claim: merged.get(key)?.claim ?? text, sources: union(merged.get(key)?.sources ?? [], sources) })
  }
  const kept = [...merged.values()].sort((a, b) => b.sources.length - a.sources.length)
  const sources = union(
    [],
    kept.flatMap(finding => finding.sources),
  )
  const bare = kept.filter(finding => finding.sources.length === 0)
  return {
    findings: kept.filter(finding => finding.sources.length > 0),
    sources,
    remarks: [
      ...(bare.length > 0
        ? [`Left out, for want of a source: ${bare.map(({ claim }) => `"${claim}"`).join(' ')}`]
        : []),
      ...(sources.length === 1 ? ['All of it rests on one source: say so, or search once more.'] : []),
      ...(sources.length === 0 ? ['Nothing is founded on a source: search with other words.'] : []),
    ],
  }
}

function union(some: number[], others: number[]): number[] {
  return [...new Set([...some, ...others])].sort((a, b) => a - b)
}
