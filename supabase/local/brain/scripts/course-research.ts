import type { Scene } from '../scene.ts'
import { call, handoff, type Script } from '../script.ts'
import { outputOf, read } from './course-planning.ts'

export type Plan = { modules: Planned[] }
type Planned = {
  number: number
  title: string
  skill: string
  depends_on: number[]
  queries: string[] | null
  content_id: string | null
}
type Page = { number: number; url: string; title: string; excerpt: string }
type Finding = { claim: string; sources: number[] }

/** So many modules are searched for at once, as the agent is told. */
const AT_ONCE = 4
const MOST_CLAIMS = 18

/** For each module: search, read the best page, merge, store; then hand over. */
export const researcher: Script = {
  name: 'Research Agent',
  agent: /^You are the Research Agent\b/,
  turn: scene => {
    const plan = read<Plan>(scene, 'read_course_plan')
    if (!plan) return call('read_course_plan', {})
    const unsearched = plan.modules.filter(module => !pagesFor(module, scene))
    if (unsearched.length > 0) {
      return unsearched.slice(0, AT_ONCE).map(module => call('tavily_search', { query: queryOf(module) }))
    }
    const unread = plan.modules
      .flatMap(module => pageToRead(module, plan, scene) ?? [])
      .filter(({ url }) => !asked(scene, 'firecrawl_extract', { url }))
    if (unread.length > 0) return unique(unread).map(({ url }) => call('firecrawl_extract', { url }))
    const unmerged = plan.modules.filter(({ number }) => !asked(scene, 'research_synthesizer', { module: number }))
    const founded = unmerged
      .map(module => ({ module: module.number, findings: findingsFor(module, plan, scene) }))
      .filter(({ findings }) => findings.length > 0)
    if (founded.length > 0) return founded.map(each => call('research_synthesizer', each))
    const merged = scene
      .results('research_synthesizer')
      .map(result => outputOf(result) as { module: number; findings: Finding[] } | undefined)
    const unstored = merged.flatMap(each =>
      each && each.findings.length > 0 && !asked(scene, 'store_research_results', { module: each.module })
        ? [each]
        : [],
    )
    if (unstored.length > 0) {
      return unstored.map(({ module, findings }) => {
        const topic = plan.modules.find(({ number }) => number === module)?.skill ?? ''
        return call('store_research_results', { module, topic, findings: findings.slice(0, 20) })
      })
    }
    if (scene.results('store_research_session').length === 0)
      return call('store_research_session', account(plan, scene))
    return handoff('Content Agent')
  },
}

function queryOf({ queries, skill }: Planned): string {
  return queries?.[0] ?? skill
}

/** The pages of its search, also if there are none; nothing while it was not searched for. */
function pagesFor(module: Planned, scene: Scene): Page[] | undefined {
  const result = scene.results('tavily_search').find(({ args }) => args.query === queryOf(module))
  if (!result) return undefined
  return (outputOf(result) as { pages?: Page[] } | undefined)?.pages ?? []
}

/** Modules of one skill read different pages, as long as there are some. */
function pageToRead(module: Planned, { modules }: Plan, scene: Scene): Page | undefined {
  const place = modules.filter(({ skill }) => skill === module.skill).indexOf(module)
  const pages = (pagesFor(module, scene) ?? []).slice(0, 2)
  return pages[place % Math.max(pages.length, 1)]
}

/** What the page says, block by block under its headings, and one thing of the next best page. */
function findingsFor(module: Planned, plan: Plan, scene: Scene): Finding[] {
  const page = pageToRead(module, plan, scene)
  if (!page) return []
  const extract = scene.results('firecrawl_extract').find(({ args }) => args.url === page.url)
  const text = (extract && (outputOf(extract) as { text?: string } | undefined)?.text) || page.excerpt
  const [next] = (pagesFor(module, scene) ?? []).filter(({ number }) => number !== page.number)
  return [
    ...claimsIn(text)
      .map(claim => ({ claim, sources: [page.number] }))
      .slice(0, MOST_CLAIMS - 1),
    ...(next ? [{ claim: `Also worth knowing: ${openingOf(next.excerpt)}`, sources: [next.number] }] : []),
  ]
}

function claimsIn(text: string): string[] {
  const sections = text.split(/^## /m).filter(section => section.includes('\n'))
  return sections.flatMap(section => {
    const [heading = '', ...lines] = section.split('\n')
    const [name = ''] = heading.split(':')
    return blocksOf(lines.join('\n')).map(block => `${name.trim()}: ${block}`)
  })
}

/** What an excerpt says first, without its heading. */
function openingOf(excerpt: string): string {
  const [block = excerpt] = blocksOf(excerpt.replace(/^#+ .*$/gm, ''))
  return block
}

/** Paragraphs, shortened to three sentences, and items of lists. */
function blocksOf(text: string): string[] {
  const prose = text.replace(/```.*?```/gs, '')
  const blocks = prose.split(/\n\s*\n|^(?:[-*]|\d+\.) /m).map(block => block.replace(/\s+/g, ' ').trim())
  return blocks
    .filter(block => block.length > 20 && !block.endsWith(':'))
    .map(block => {
      const sentences = block.match(/.+?[.!?](?=\s|$)/g) ?? [block]
      return sentences.slice(0, 3).join('').trim()
    })
}

function account({ modules }: Plan, scene: Scene) {
  const without = modules.filter(module => (pagesFor(module, scene) ?? []).length === 0)
  const read = scene.results('firecrawl_extract').length
  return {
    summary: `${scene.results('tavily_search').length} searches for ${modules.length} modules; ${read} ${read === 1 ? 'page was' : 'pages were'} read in full.`,
    open_questions: without.map(({ title, skill }) => `Nothing was found on ${skill.toLowerCase()} for "${title}".`),
  }
}

function asked(scene: Scene, tool: string, args: Record<string, unknown>): boolean {
  return scene.results(tool).some(result => Object.entries(args).every(([name, value]) => result.args[name] === value))
}

function unique(pages: Page[]): Page[] {
  return [...new Map(pages.map(page => [page.url, page])).values()]
}
