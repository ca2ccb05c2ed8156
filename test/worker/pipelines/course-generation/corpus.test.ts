import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createResearch } from '../../../../worker/pipelines/course-generation/research/research.ts'

const FOLDER = join(import.meta.dirname, '../../../../worker/pipelines/course-generation/corpus')
const SKILLS = [
  'SQL and data modelling',
  'Python for data analysis',
  'Data visualisation',
  'TypeScript',
  'Automated testing',
  'Cloud infrastructure',
  'Incident response',
  'Application security',
  'Project planning',
  'Stakeholder communication',
  'Negotiation',
  'Customer onboarding',
  'Coaching and feedback',
  'Product discovery',
]

const signal = new AbortController().signal
const research = createResearch({ tavily: null, firecrawl: null })
const search = (query: string, most = 8) => research.search(query, { most, signal })
const skillOf = (url: string) => {
  const file = join(FOLDER, `${new URL(url).pathname}.md`)
  return /^skill: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]
}

describe('research without keys', () => {
  it('says that its answers come from the corpus', () => {
    expect(research.origin).toBe('corpus')
  })

  it.each(SKILLS)('finds both articles on %s first, however it is asked', async skill => {
    for (const query of [skill, skill.toUpperCase(), `best ${skill} course for beginners 2026`]) {
      const pages = await search(query)
      expect(pages.slice(0, 2).map(page => skillOf(page.url))).toEqual([skill, skill])
    }
  })

  it.each([
    ['flaky tests in CI', 'automated-testing-pipeline'],
    ['how to write SQL window functions', 'sql-joins-windows-and-plans'],
    ['giving difficult feedback to a senior engineer', 'coaching-feedback-conversations'],
    ['dashbord desing', 'data-visualisation-dashboards'],
  ])('finds what "%s" is about', async (query, slug) => {
    const [page] = await search(query)
    expect(page).toMatchObject({ url: `https://corpus.liverow.test/${slug}`, origin: 'corpus' })
  })

  it('shows the section that fits', async () => {
    const [page] = await search('flaky tests', 1)
    expect(page?.excerpt).toMatch(/^## Flaky tests are bugs/)
  })

  it.each([
    'quantum chromodynamics lattice',
    'sourdough bread recipe',
    'the best of 2026',
    '?',
    'gluten free sourdough bread recipe from Vienna',
  ])('finds nothing for "%s"', async query => {
    expect(await search(query)).toEqual([])
  })

  it('brings no more than is asked for', async () => {
    expect(await search('data', 3)).toHaveLength(3)
    expect((await search('data team time', 100)).length).toBeLessThanOrEqual(8)
  })

  it('reads each article that a search finds, whole', async () => {
    for (const { url, title } of await search('Negotiation')) {
      const extract = await research.extract(`${url}?utm=1#top`, { signal })
      expect(extract).toMatchObject({ title, url, isCut: false, origin: 'corpus' })
      expect(extract.text).toMatch(/^[A-Z][\s\S]+## /)
    }
  })

  it.each(['nothing', '../research/corpus.ts', '..%2f..%2fpipeline', ''])('has no page "%s"', async path => {
    const failure = research.extract(`https://corpus.liverow.test/${path}`, { signal })
    await expect(failure).rejects.toMatchObject({ code: 'not_found' })
  })

  it('sends nobody to the web: pages cannot be read, and the agent is told why', async () => {
    const failure = research.extract('https://db.example.com/joins', { signal })
    await expect(failure).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('no key is set; use the excerpts'),
    })
  })
})

describe('research with one key of two', () => {
  const account = { key: 'k', baseUrl: 'http://127.0.0.1:9' }

  it('searches the corpus when only pages can be read', async () => {
    const half = createResearch({ tavily: null, firecrawl: account })
    expect(half.origin).toBe('corpus')
    const [page] = await half.search('BATNA', { most: 1, signal })
    expect(page?.origin).toBe('corpus')
    expect(await half.extract(page?.url ?? '', { signal })).toMatchObject({ origin: 'corpus' })
  })

  it('reads the corpus alone when only searches reach the web', async () => {
    const half = createResearch({ tavily: account, firecrawl: null })
    expect(half.origin).toBe('tavily')
    const url = 'https://corpus.liverow.test/negotiation-preparation'
    expect(await half.extract(url, { signal })).toMatchObject({ url, origin: 'corpus' })
    await expect(half.extract('https://a.example', { signal })).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('each article of the corpus', () => {
  const files = globSync('*.md', { cwd: FOLDER })

  it('belongs to a skill, and each skill has two', () => {
    const skills = files.map(file => skillOf(`https://corpus.liverow.test/${file.slice(0, -3)}`))
    expect(skills.toSorted()).toEqual([...SKILLS, ...SKILLS].toSorted())
  })

  it.each(files)('%s has a head, sections and something to do', file => {
    const [, head, text = ''] = readFileSync(join(FOLDER, file), 'utf8').split(/^---\n/m)
    expect(head).toMatch(/^title: .{20,90}\nskill: .+\ntags: .+\n$/)
    expect(text.match(/^## /gm)?.length).toBeGreaterThanOrEqual(4)
    expect(text).toMatch(/Exercise/)
    const words = text.split(/\s+/).length
    expect(words).toBeGreaterThan(350)
    expect(words).toBeLessThan(620)
  })
})
