/** As much of a node of Markdown's tree as matters here. */
export type Node = { type: string; value?: string; url?: string; children?: Node[] }

const cited = /\[(\d{1,3})\]/g
const prefix = '#source-'

/** Makes links of the numbers in brackets by which a text cites its sources; those of others stay as they are. */
export function citations(numbers: ReadonlySet<number>) {
  return () => (tree: Node) => linkIn(tree, numbers)
}

/** The source to which such a link leads; null for other links. */
export function citedBy(href: string | undefined): number | null {
  return href?.startsWith(prefix) ? Number(href.slice(prefix.length)) : null
}

function linkIn(node: Node, numbers: ReadonlySet<number>): void {
  if (!node.children || node.type === 'link' || node.type === 'linkReference') return
  for (const child of node.children) linkIn(child, numbers)
  node.children = node.children.flatMap(child =>
    child.type === 'text' && child.value !== undefined ? split(child.value, numbers) : [child],
  )
}

function split(text: string, numbers: ReadonlySet<number>): Node[] {
  const parts: Node[] = []
  let end = 0
  for (const match of text.matchAll(cited)) {
    const number = Number(match[1])
    if (!numbers.has(number)) continue
    if (match.index > end) parts.push({ type: 'text', value: text.slice(end, match.index) })
    parts.push({ type: 'link', url: `${prefix}${number}`, children: [{ type: 'text', value: String(number) }] })
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ type: 'text', value: text.slice(end) })
  return parts
}
