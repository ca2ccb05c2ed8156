import { z } from 'zod'
import { MOST_EXCERPT, publicUrl, seen, titleOf } from './page-text.ts'
import { refusalOf } from './refusal.ts'
import type { Page } from './research.ts'
import { ResearchError } from './research-error.ts'
import { type Patience, tryWithin } from './tries.ts'
import { onWire, type Wire } from './wire.ts'

// One result that is not as it should be must not cost the others.
const result = z.object({ title: z.string().nullish(), url: z.string(), content: z.string() })

/**
 * Searches the web with Tavily. Its client is always given a key: without one it would ask Tavily's keyless mode. It
 * throws plain errors, so what has happened is read from the wire.
 */
export function searchWithTavily(account: { key: string; baseUrl: string | undefined }, patience: Patience) {
  // Loaded when first used: it brings 45 MB of tables for counting tokens along.
  const open = async () => {
    const { tavily } = await import('@tavily/core')
    return tavily({
      apiKey: account.key,
      ...(account.baseUrl && { apiBaseURL: account.baseUrl.replace(/\/+$/, '') }),
    })
  }
  let opened: ReturnType<typeof open> | undefined
  return (query: string, most: number, signal: AbortSignal): Promise<Page[]> =>
    tryWithin(patience, signal, within =>
      onWire(within, async wire => {
        const options = { maxResults: most, searchDepth: 'basic', timeout: patience.totalMs / 1000 } as const
        opened ??= open()
        const client = await opened
        const found = await client.search(query, options).catch(() => {
          throw whyOf(wire)
        })
        return pagesOf(found.results).slice(0, most)
      }),
    )
}

function pagesOf(results: unknown[]): Page[] {
  return results.flatMap(each => {
    const { data } = result.safeParse(each)
    const url = data && publicUrl(data.url)
    if (!url) return []
    return { title: titleOf(data.title, url), url, excerpt: seen(data.content, MOST_EXCERPT).text, origin: 'tavily' }
  })
}

function whyOf(wire: Wire): ResearchError {
  const { status } = wire
  if (status === 403) {
    return new ResearchError('unauthorized', 'Tavily does not let this key search: check TAVILY_API_KEY of the worker.')
  }
  // Its own statuses for "the limit of the plan" and "the limit of pay as you go".
  if (status === 432 || status === 433) {
    return new ResearchError('unavailable', 'The searches of the Tavily plan are used up: go on with what is known.')
  }
  return refusalOf({ name: 'Tavily', setting: 'TAVILY' }, wire)
}
