import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import MiniSearch from 'minisearch'
import { corpusUrl, MOST_EXCERPT, seen } from './page-text.ts'
import type { Extract, Page } from './research.ts'
import { ResearchError } from './research-error.ts'

const FOLDER = join(import.meta.dirname, '../corpus')

// What queries hold besides their subject; numbers are mostly years.
const FILLER = new Set(
  `a about advanced an and are as at basics beginner beginners best by can course courses do does example examples for
  from guide help how in introduction is it learn learning of on or practice practices skill skills that the their to
  training tutorial use using vs was what when where which why with work you your`.split(/\s+/),
)

type Article = { id: string; title: string; skill: string; tags: string; text: string }

/** Articles of our own that stand in for the web where no key for it is set; they are read when first asked for. */
export function createCorpus() {
  let read: ReturnType<typeof readCorpus> | undefined
  const open = () => {
    read ??= readCorpus()
    return read
  }
  return {
    /** The best first; an article that has less than a third of the words does not fit. */
    search: (query: string, most: number): Page[] => {
      const { index, articles } = open()
      const asked = new Set(wordsOf(query))
      const fitting = index.search([...asked].join(' ')).filter(found => found.queryTerms.length * 3 >= asked.size)
      return fitting.slice(0, most).flatMap(({ id, terms }) => {
        const article = articles.get(id)
        if (!article) return []
        const excerpt = seen(passageOf(article.text, terms), MOST_EXCERPT).text
        return { title: article.title, url: id, excerpt, origin: 'corpus' }
      })
    },
    extract: (url: string): Extract => {
      const { origin, pathname } = new URL(url)
      const article = open().articles.get(origin + pathname)
      if (!article) throw new ResearchError('not_found', 'There is no such page: take an address that a search found.')
      return { title: article.title, url: article.id, text: article.text, isCut: false, origin: 'corpus' }
    },
  }
}

function readCorpus() {
  const articles = globSync('*.md', { cwd: FOLDER }).sort().map(readArticle)
  const index = new MiniSearch<Article>({
    fields: ['title', 'skill', 'tags', 'text'],
    tokenize: wordsOf,
    searchOptions: {
      boost: { title: 4, skill: 4, tags: 2 },
      prefix: word => word.length > 3,
      fuzzy: word => (word.length > 5 ? 0.2 : false),
    },
  })
  index.addAll(articles)
  return { index, articles: new Map(articles.map(article => [article.id, article])) }
}

function readArticle(file: string): Article {
  const [, head = '', text = ''] = readFileSync(join(FOLDER, file), 'utf8').split(/^---\n/m)
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1] ?? ''
  return {
    id: corpusUrl(basename(file, '.md')),
    title: field('title'),
    skill: field('skill'),
    tags: field('tags'),
    text: text.trim(),
  }
}

/** The section that holds the most of the words. */
function passageOf(text: string, words: string[]): string {
  const sections = text.split(/^(?=## )/m)
  const score = (section: string) => {
    const held = new Set(wordsOf(section))
    return words.filter(word => held.has(word)).length
  }
  return sections.reduce((best, section) => (score(section) > score(best) ? section : best))
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return words.filter(word => word !== '' && !FILLER.has(word) && !/^\d+$/.test(word))
}
