import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../../config.ts'
import { createCorpus } from './corpus.ts'
import { readWithFirecrawl } from './firecrawl.ts'
import { isInCorpus, MOST_QUERY, MOST_RESULTS, publicUrl } from './page-text.ts'
import { ResearchError } from './research-error.ts'
import { searchWithTavily } from './tavily.ts'
import type { Patience } from './tries.ts'

export { ResearchError } from './research-error.ts'

/** One page that a search found. */
export type Page = { title: string; url: string; excerpt: string; origin: 'tavily' | 'corpus' }

/** The text of a page as Markdown, cut at a limit. */
export type Extract = { title: string; url: string; text: string; isCut: boolean; origin: 'firecrawl' | 'corpus' }

/**
 * The web, or the corpus where no key is set.
 *
 * Titles, excerpts and texts were written by strangers, and some of them write for agents: whoever gives them to a model
 * has to mark them as data. An address may carry data out, too: let an agent extract only what a search has found.
 */
export type Research = {
  /** Where answers come from; 'corpus' is said on screen. */
  origin: 'tavily' | 'corpus'
  /** @throws ResearchError, and the signal's own reason when it aborts. @param options.most 8 at the most. */
  search(query: string, options: { most: number; signal: AbortSignal }): Promise<Page[]>
  /** @throws ResearchError, and the signal's own reason when it aborts. */
  extract(url: string, options: { signal: AbortSignal }): Promise<Extract>
}

/** How long a search and an extract may take with all their tries, and how they wait in between. */
type Times = { search: Patience; extract: Patience }

const TIMES: Times = { search: { totalMs: 20_000, pause }, extract: { totalMs: 40_000, pause } }

/** Each half works without the other: without Tavily's key searches read the corpus, and its pages can always be read. */
export function createResearch({ tavily, firecrawl }: Config['research'], times: Times = TIMES): Research {
  const corpus = createCorpus()
  const searchWeb = tavily && searchWithTavily(tavily, times.search)
  const readWeb = firecrawl && readWithFirecrawl(firecrawl, times.extract)
  return {
    origin: searchWeb ? 'tavily' : 'corpus',
    search: async (query, { most, signal }) => {
      signal.throwIfAborted()
      const asked = query.trim()
      if (asked === '') throw new ResearchError('invalid', 'The query is empty: say what to look for.')
      if (asked.length > MOST_QUERY) {
        throw new ResearchError('invalid', `The query is longer than ${MOST_QUERY} characters: shorten it.`)
      }
      const limit = Math.max(1, Math.min(Math.floor(most), MOST_RESULTS))
      return searchWeb ? searchWeb(asked, limit, signal) : corpus.search(asked, limit)
    },
    extract: async (url, { signal }) => {
      signal.throwIfAborted()
      const asked = publicUrl(url)
      if (!asked) throw new ResearchError('invalid', 'This is no address of a public page: it begins with https://…')
      if (isInCorpus(asked)) return corpus.extract(asked)
      if (!readWeb) {
        throw new ResearchError('unavailable', 'Pages of the web cannot be read: no key is set; use the excerpts.')
      }
      return readWeb(asked, signal)
    },
  }
}
