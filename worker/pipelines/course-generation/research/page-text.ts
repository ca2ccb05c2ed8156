import { isIP } from 'node:net'

export const MOST_QUERY = 400
export const MOST_RESULTS = 8
export const MOST_EXCERPT = 1_200
export const MOST_TEXT = 20_000
const MOST_TITLE = 200
const MOST_URL = 2_000

/** The domain is reserved (RFC 6761), so nobody can own it; nothing of it is ever fetched. */
const CORPUS_HOST = 'corpus.liverow.test'

// Controls (PostgreSQL takes no U+0000) and what formats unseen: it turns the direction of text around, or spells words
// that only a model reads. Breaks stay, and what joins letters and emoji.
const UNSEEN = /[[\p{Cc}\p{Cf}]--[\n\t\u200c\u200d]]/gv

/** Text as people see it, of so many characters at the most, and whether some of it is missing. */
export function seen(text: string, most: number): { text: string; isCut: boolean } {
  const clean = text.replaceAll('\r\n', '\n').toWellFormed().replaceAll(UNSEEN, '').trim()
  if (clean.length <= most) return { text: clean, isCut: false }
  // Not through the middle of a character.
  return { text: clean.slice(0, most).replace(/[\ud800-\udbff]$/, ''), isCut: true }
}

/** A title in one line; a page without one is called by its host. */
export function titleOf(title: unknown, url: string): string {
  const line = typeof title === 'string' ? seen(title.replaceAll(/\s+/g, ' '), MOST_TITLE).text : ''
  return line || new URL(url).hostname
}

/**
 * The address, if it may be one of a public page. Neither IP addresses nor names of local networks: a Firecrawl of one's
 * own stands inside such a network. (What a public name points to is for Firecrawl to check.)
 */
export function publicUrl(text: string): string | undefined {
  const url = URL.parse(text.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  const host = url.hostname.replace(/\.$/, '')
  const isLocal =
    isIP(host.replace(/^\[|\]$/g, '')) > 0 || !host.includes('.') || /\.(local|localhost|internal)$/.test(host)
  return isLocal || url.href.length > MOST_URL ? undefined : url.href
}

export function isInCorpus(url: string): boolean {
  return new URL(url).hostname === CORPUS_HOST
}

export function corpusUrl(slug: string): string {
  return `https://${CORPUS_HOST}/${slug}`
}
