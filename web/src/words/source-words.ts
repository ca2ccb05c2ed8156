// The pages of the library that comes with the product have addresses, but are nowhere on the web.
const library = 'corpus.liverow.test'

/** Where a source leads and what is said of its place; `href` is null where there is nothing to open. */
export function pageOf(url: string): { href: string | null; place: string } {
  const { protocol, hostname } = URL.parse(url) ?? {}
  if (hostname === library) return { href: null, place: 'from the demo library' }
  // A search may bring anything; only a web page is to be opened.
  if (!hostname || (protocol !== 'https:' && protocol !== 'http:')) return { href: null, place: 'no web page' }
  return { href: url, place: hostname.replace(/^www\./, '') }
}

/** An excerpt without the signs of Markdown, which is what searches bring. */
export function plainExcerpt(excerpt: string): string {
  return excerpt
    .replaceAll(/```\w*/g, ' ')
    .replaceAll(/(^|\s)#{1,6}\s/g, '$1')
    .replaceAll(/[*`]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
