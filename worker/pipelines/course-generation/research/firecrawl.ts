import { z } from 'zod'
import { MOST_TEXT, seen, titleOf } from './page-text.ts'
import { refusalOf } from './refusal.ts'
import type { Extract } from './research.ts'
import { ResearchError } from './research-error.ts'
import { type Patience, tryWithin } from './tries.ts'
import { onWire, type Wire } from './wire.ts'

const BASE_URL = 'https://api.firecrawl.dev'

const document = z.object({
  markdown: z.string().default(''),
  metadata: z.object({ title: z.unknown().optional(), statusCode: z.number().optional() }).optional(),
})
// As the client throws it; the words are only looked at, never passed on.
const complaint = z.object({ message: z.string().catch(''), code: z.string().catch('') })

/**
 * Reads pages with Firecrawl, which fetches them and obeys their robots.txt. The key and the address are always given:
 * its client would look for them in the environment. It sends its own name and version along, and nothing else.
 */
export function readWithFirecrawl(account: { key: string; baseUrl: string | undefined }, patience: Patience) {
  // Loaded when first used, like Tavily's.
  const open = async () => {
    const { Firecrawl } = await import('firecrawl')
    const apiUrl = account.baseUrl?.replace(/\/+$/, '') ?? BASE_URL
    // Tries are counted in one place.
    return new Firecrawl({ apiKey: account.key, apiUrl, maxRetries: 1 })
  }
  let opened: ReturnType<typeof open> | undefined
  // Firecrawl gives up before we do, and then says why.
  const timeout = Math.round(patience.totalMs * 0.75)
  return (url: string, signal: AbortSignal): Promise<Extract> =>
    tryWithin(patience, signal, within =>
      onWire(within, async wire => {
        const options = { formats: ['markdown' as const], onlyMainContent: true, removeBase64Images: true, timeout }
        opened ??= open()
        const client = await opened
        const read = await client.scrape(url, { ...options, autoResume: false }).catch((error: unknown) => {
          throw whyOf(error, wire)
        })
        return extractOf(url, read)
      }),
    )
}

function extractOf(url: string, read: unknown): Extract {
  const { data } = document.safeParse(read)
  if (!data) throw new ResearchError('unavailable', 'Firecrawl answered with something that cannot be used.')
  const status = data.metadata?.statusCode ?? 200
  if (status === 404 || status === 410) throw new ResearchError('not_found', 'There is no such page any more.')
  if (status >= 400) throw new ResearchError('unavailable', `The site does not show this page (${status}).`)
  const { text, isCut } = seen(data.markdown, MOST_TEXT)
  if (text === '') throw new ResearchError('unavailable', 'There is no text on this page: choose another one.')
  return { title: titleOf(data.metadata?.title, url), url, text, isCut, origin: 'firecrawl' }
}

function whyOf(error: unknown, wire: Wire): ResearchError {
  const { message, code } = complaint.catch({ message: '', code: '' }).parse(error)
  const { status } = wire
  if (status !== undefined && /robots/i.test(`${code} ${message}`)) {
    return new ResearchError('forbidden_by_robots', 'The site does not allow robots to read this page: choose another.')
  }
  if (status === 402) {
    return new ResearchError('unavailable', 'The Firecrawl plan is used up: use the excerpts of the search.')
  }
  if (status === 403) return new ResearchError('unavailable', 'Firecrawl does not read this site: choose another one.')
  if (status === 404 || code === 'SCRAPE_DNS_RESOLUTION_ERROR') {
    return new ResearchError('not_found', 'There is no such page.')
  }
  if (code === 'SCRAPE_TIMEOUT') return new ResearchError('timeout', 'The page took too long: choose another one.')
  // Such codes are about the page, so asking again is of no use.
  if (code.startsWith('SCRAPE_'))
    return new ResearchError('unavailable', 'The page cannot be read: choose another one.')
  return refusalOf({ name: 'Firecrawl', setting: 'FIRECRAWL' }, wire)
}
