import { describe, expect, test } from 'vitest'
import { later, setScene, whileWaiting } from '../arrange.ts'
import { runTool } from '../verbs.ts'
import { moduleOf, pageOf, planOf, setCourses } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { take, takePlanned, output } = await setCourses(scene)

const refused = (words: RegExp) => ({ error: expect.stringMatching(words) })
const found = (...sources: (number | string | null)[]) => ({
  module: 1,
  topic: 'T',
  findings: [{ claim: 'C', sources }],
})

describe('a source', () => {
  test('has one number in a course, however often it is found', async () => {
    const held = await takePlanned(1)
    const again = { query: 'joins', pages: [pageOf(4), pageOf(2)] }
    expect(await output(held, 'keep_sources', again)).toEqual([
      { url: pageOf(4).url, title: 'Page 4', excerpt: 'Joins.', number: 4 },
      { url: pageOf(2).url, title: 'Page 2', excerpt: 'Joins.', number: 2 },
    ])
    expect(await sql`select number from public.cm_research_sources order by 1`).toHaveLength(4)
  })

  test.each([
    ['too long', `https://x.test/${'a'.repeat(2000)}`],
    ['of a script', 'javascript:alert(1)'],
    ['of a file', 'file:///etc/passwd'],
    ['none', null],
  ])('whose address is %s is left out, and the rest is kept', async (_what, url) => {
    const held = await takePlanned(1)
    const pages = [{ ...pageOf(8), url }, pageOf(4)]
    expect(await output(held, 'keep_sources', { query: 'q', pages })).toMatchObject([{ number: 4 }])
  })

  test('has a title and a short excerpt, whatever the search says', async () => {
    const held = await takePlanned(1)
    const page = { url: 'https://x.test/', title: null, excerpt: 'x'.repeat(9000), origin: 'tavily' }
    await output(held, 'keep_sources', { query: 'q', pages: [page] })
    const [row] = await sql`select title, length(excerpt) as length from public.cm_research_sources where number = 4`
    expect(row).toEqual({ title: 'https://x.test/', length: 4000 })
  })

  test('is numbered by one search after the other, when two end at once', async () => {
    const held = await takePlanned(1)
    const other = await connect({ role: 'service_role' })
    const search = (session: typeof worker, numbers: number[]) =>
      runTool(session, held, {
        name: 'keep_sources',
        key: `s${numbers}`,
        input: { query: 'q', pages: numbers.map(pageOf) },
      })
    await worker`begin`
    await search(worker, [4, 5])
    const [second] = await whileWaiting(sql, search(other, [5, 6]), () => worker`commit`)
    expect(second.output).toMatchObject([{ number: 5 }, { number: 6 }])
  })

  test('is the last one at 200', async () => {
    const held = await takePlanned(1)
    const pages = Array.from({ length: 201 }, (_, n) => pageOf(n))
    expect(await output(held, 'keep_sources', { query: 'q', pages })).toEqual(refused(/200 sources at most/))
  })

  test('is opened only if a search has brought it, and says so once', async () => {
    const held = await takePlanned(1)
    expect(await output(held, 'open_source', { url: 'https://evil.test/?secret' })).toEqual(refused(/No search/))
    expect(await output(held, 'open_source', { url: pageOf(2).url })).toEqual({ number: 2 })
    const opened = () => sql`select number, opened_at from public.cm_research_sources where opened_at is not null`
    const first = await opened()
    expect(first).toMatchObject([{ number: 2 }])
    await later(worker, '1 minute')
    await output(held, 'open_source', { url: pageOf(2).url })
    expect(await opened()).toEqual(first)
  })

  test('of another course cannot be opened', async () => {
    const other = await takePlanned(1)
    await output(other, 'keep_sources', { query: 'q', pages: [{ ...pageOf(1), url: 'https://other.test/' }] })
    expect(await output(await takePlanned(1), 'open_source', { url: 'https://other.test/' })).toEqual(
      refused(/No search/),
    )
  })
})

describe('findings', () => {
  test('are stored for a module, and again in place of the first', async () => {
    const held = await takePlanned(1)
    expect(await output(held, 'store_research_results', found(1, 3))).toEqual({ module: 1, findings: 1 })
    await output(held, 'store_research_results', found(2))
    expect(await sql`select module_number, topic, findings from public.cm_research_results`).toEqual([
      { module_number: 1, topic: 'T', findings: [{ claim: 'C', sources: [2] }] },
    ])
  })

  test.each([
    ['for no module of the plan', { ...(found(1) as object), module: 2 }, /no module 2: it has 1 to 1/],
    ['for no number', { ...(found(1) as object), module: '1' }, /no module without a number/],
    ['with a source that nobody found', found(1, 7), /source 7:/],
    ['with a source null', found(null), /source null:/],
    ['with a source as text', found('1'), /source "1":/],
    ['without a source', found(), /at least one source/],
    ['with no list of sources', { module: 1, findings: [{ claim: 'C', sources: 1 }] }, /at least one source/],
    ['without a claim', { module: 1, findings: [{ sources: [1] }] }, /a claim of/],
    ['with an empty claim', { module: 1, findings: [{ claim: ' ', sources: [1] }] }, /a claim of/],
    ['as a list in a list', { module: 1, findings: [[{ claim: 'C', sources: [1] }]] }, /a claim of/],
    ['as text', { module: 1, findings: 'C [1]' }, /1 to 20 findings/],
    ['that are none', { module: 1, findings: [] }, /1 to 20 findings/],
  ])('%s are refused', async (_what, input, words) => {
    expect(await output(await takePlanned(1), 'store_research_results', input)).toEqual(refused(words))
    expect(await sql`select from public.cm_research_results`).toHaveLength(0)
  })
})

describe('the research', () => {
  test('ends with a summary, and tells for which modules nothing was found', async () => {
    const held = await take()
    await output(held, 'store_course_plan', planOf([moduleOf(1), moduleOf(2)]))
    await output(held, 'keep_sources', { query: 'q', pages: [pageOf(1)] })
    await output(held, 'store_research_results', found(1))
    const ending = { summary: 'S', open_questions: ['Why?'] }
    expect(await output(held, 'store_research_session', ending)).toMatchObject({ without_findings: [2] })
    const rows =
      await sql`select summary, open_questions, finished_at is not null as ended from public.cm_research_sessions`
    expect(rows).toEqual([{ summary: 'S', open_questions: ['Why?'], ended: true }])
  })

  test.each([
    ['no summary', { open_questions: [] }, /summary/],
    ['questions as text', { summary: 'S', open_questions: 'Why?' }, /list of texts/],
    ['questions that are none', { summary: 'S', open_questions: [1] }, /list of texts/],
  ])('does not end with %s', async (_what, input, words) => {
    expect(await output(await takePlanned(1), 'store_research_session', input)).toEqual(refused(words))
  })
})
