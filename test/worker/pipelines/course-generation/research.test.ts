import { afterEach, describe, expect, it, vi } from 'vitest'
import { createResearch, ResearchError } from '../../../../worker/pipelines/course-generation/research/research.ts'
import { type Provider, startProvider } from './providers.ts'

const KEY = 'tvly-secret-of-the-test'
const PAGE = {
  title: 'Joins',
  url: 'https://db.example.com/joins',
  content: 'An inner join keeps what matches.',
  score: 1,
}
const SITE = 'https://db.example.com/joins'
const found = (...results: unknown[]) => ({ body: { query: 'q', images: [], results, response_time: 0.1 } })
const read = (markdown: unknown, metadata: object = { title: 'Joins', statusCode: 200 }) => ({
  body: { success: true, data: { markdown, metadata } },
})

// Left to itself, the client would wait and ask again.
const SLOW = { code: 'SCRAPE_TIMEOUT', details: { state: 'processing_continues', retryAfterSeconds: 60 } }

const started: Provider[] = []
const pauses: number[] = []
const never = new AbortController().signal

afterEach(async () => {
  pauses.length = 0
  for (const provider of started.splice(0)) await provider.stop()
})

/** Research whose providers answer so; pauses are noted instead of waited for. */
async function arrange(...answers: Parameters<typeof startProvider>) {
  const provider = await startProvider(...answers)
  started.push(provider)
  const patience = {
    totalMs: 20_000,
    pause: async (ms: number) => {
      pauses.push(ms)
    },
  }
  return { provider, ...researchAt(provider.url, patience) }
}

function researchAt(baseUrl: string, patience: Patience) {
  const account = { key: KEY, baseUrl }
  const research = createResearch({ tavily: account, firecrawl: account }, { search: patience, extract: patience })
  return {
    search: (query = 'joins', most = 5, signal = never) => research.search(query, { most, signal }),
    extract: (url = SITE, signal = never) => research.extract(url, { signal }),
  }
}

type Patience = NonNullable<Parameters<typeof createResearch>[1]>['search']

/** How it failed, once it is sure that no key is told. */
async function refusal(result: Promise<unknown>): Promise<ResearchError> {
  const error = await result.then(
    () => expect.unreachable('It did not fail.'),
    (thrown: unknown) => thrown as ResearchError,
  )
  expect(error).toBeInstanceOf(ResearchError)
  expect(JSON.stringify([error.message, error.stack, error])).not.toContain(KEY)
  expect(error.cause).toBeUndefined()
  return error
}

describe('a search', () => {
  it('brings pages of Tavily, asked with the key', async () => {
    const { provider, search } = await arrange(found(PAGE))
    expect(await search(' joins ', 3)).toEqual([
      { title: 'Joins', url: PAGE.url, excerpt: PAGE.content, origin: 'tavily' },
    ])
    expect(provider.requests).toMatchObject([
      { path: '/search', headers: { authorization: `Bearer ${KEY}` }, body: { query: 'joins', max_results: 3 } },
    ])
  })

  it('cuts what is long, drops what nobody sees, and leaves out what is no page of the web', async () => {
    const { search } = await arrange(
      found(
        { ...PAGE, title: 'A\u0000 \u202etitle\n'.repeat(100), content: `\u{e0041}${'x'.repeat(1_199)}😀` },
        { ...PAGE, url: 'javascript:alert(1)' },
        { ...PAGE, url: 'http://10.0.0.1/admin' },
        { ...PAGE, url: `https://db.example.com/${'x'.repeat(2_000)}` },
        { title: 'No address', content: 'x' },
        'nonsense',
        { ...PAGE, title: ' ' },
      ),
    )
    const [first, second, ...more] = await search()
    expect(first?.title).toMatch(/^A title A title/)
    expect(first?.title.length).toBeLessThanOrEqual(200)
    expect(first?.excerpt).toBe('x'.repeat(1_199))
    expect(second?.title).toBe('db.example.com')
    expect(more).toEqual([])
  })

  it('brings eight pages at the most', async () => {
    const { provider, search } = await arrange(found(...Array.from({ length: 20 }, () => PAGE)))
    expect(await search('joins', 50)).toHaveLength(8)
    expect(provider.requests[0]?.body.max_results).toBe(8)
  })

  it('of nothing, or of more than 400 characters, is refused before anybody is asked', async () => {
    const { provider, search } = await arrange(found())
    expect((await refusal(search('  '))).code).toBe('invalid')
    expect((await refusal(search('x'.repeat(401)))).code).toBe('invalid')
    expect(provider.requests).toEqual([])
  })

  it('waits as long as Tavily asks for, and tries again', async () => {
    const { search } = await arrange({ status: 429, headers: { 'retry-after': '3' } }, found(PAGE))
    expect(await search()).toHaveLength(1)
    expect(pauses).toEqual([3_000])
  })

  it.each([
    ['429 for an hour', { status: 429, headers: { 'retry-after': '3600' } }, 'rate_limited', 1],
    ['429 without an end', { status: 429 }, 'rate_limited', 3],
    ['500', { status: 500, body: { detail: { error: KEY } } }, 'unavailable', 3],
    ['a cut connection', 'cut', 'unavailable', 3],
    ['401', { status: 401, body: { detail: { error: `Invalid key ${KEY}` } } }, 'unauthorized', 1],
    ['the end of the plan', { status: 432, body: { detail: { error: 'Plan limit' } } }, 'unavailable', 1],
    ['400', { status: 400, body: { detail: { error: 'Bad' } } }, 'invalid', 1],
    ['another shape', { body: { answer: 42 } }, 'unavailable', 1],
    ['no JSON', { body: '<html>' }, 'unavailable', 1],
    ['a huge body', { body: 'x'.repeat(6_000_000) }, 'too_large', 1],
  ] as const)('tells the agent of %s', async (_what, answer, code, tries) => {
    const { provider, search } = await arrange(answer)
    expect((await refusal(search())).code).toBe(code)
    expect(provider.requests).toHaveLength(tries)
    expect(pauses).toHaveLength(tries - 1)
  })

  it('says that nobody can be reached, when so', async () => {
    const { provider, search } = await arrange()
    await provider.stop()
    started.length = 0
    expect((await refusal(search())).message).toMatch('cannot be reached')
  })
})

describe('an extract', () => {
  it('is the Markdown of a page, asked of Firecrawl with the key', async () => {
    const { provider, extract } = await arrange(read('# Joins\n\nText.'))
    const text = '# Joins\n\nText.'
    expect(await extract()).toEqual({ title: 'Joins', url: SITE, text, isCut: false, origin: 'firecrawl' })
    expect(provider.requests).toMatchObject([
      { path: '/v2/scrape', headers: { authorization: `Bearer ${KEY}` }, body: { url: SITE, formats: ['markdown'] } },
    ])
    expect(Object.keys(provider.requests[0]?.body ?? {}).sort()).toEqual(
      ['formats', 'onlyMainContent', 'origin', 'removeBase64Images', 'timeout', 'url'].sort(),
    )
  })

  it('is cut at 20,000 characters and says so', async () => {
    const { extract } = await arrange(read('x'.repeat(30_000)))
    const { text, isCut } = await extract()
    expect([text.length, isCut]).toEqual([20_000, true])
  })

  it.each([
    [
      'robots.txt',
      { status: 403, body: { success: false, error: 'Blocked by robots.txt.' } },
      'forbidden_by_robots',
      1,
    ],
    ['a site it does not read', { status: 403, body: { success: false, error: 'Not supported' } }, 'unavailable', 1],
    ['401', { status: 401, body: { success: false, error: `Unauthorized: ${KEY}` } }, 'unauthorized', 1],
    ['402', { status: 402, body: { success: false, error: 'Insufficient credits' } }, 'unavailable', 1],
    ['a page that is too slow', { status: 408, body: SLOW }, 'timeout', 1],
    ['a page without a host', { status: 500, body: { code: 'SCRAPE_DNS_RESOLUTION_ERROR' } }, 'not_found', 1],
    ['a site that fails', { status: 500, body: { code: 'SCRAPE_ALL_ENGINES_FAILED' } }, 'unavailable', 1],
    ['502', { status: 502, body: 'Bad gateway' }, 'unavailable', 3],
    ['429 without an end', { status: 429, body: { error: 'Rate limit' } }, 'rate_limited', 3],
    ['a cut connection', 'cut', 'unavailable', 3],
    ['no success', { body: { success: false, error: KEY } }, 'unavailable', 1],
    ['another shape', read(42), 'unavailable', 1],
    ['no JSON', { body: '<html>' }, 'unavailable', 1],
    ['no text', read('  '), 'unavailable', 1],
    ['a page that is gone', read('Not found', { statusCode: 404 }), 'not_found', 1],
    ['a page that is refused', read('Forbidden', { statusCode: 403 }), 'unavailable', 1],
    ['a huge body', read('x'.repeat(6_000_000)), 'too_large', 1],
  ] as const)('tells the agent of %s', async (_what, answer, code, tries) => {
    const { provider, extract } = await arrange(answer)
    expect((await refusal(extract())).code).toBe(code)
    expect(provider.requests).toHaveLength(tries)
  })

  it.each([
    ['no address', 'joins'],
    ['another protocol', 'ftp://db.example.com'],
    ['a file', 'file:///etc/passwd'],
    ['this machine', 'http://localhost:3000'],
    ['an IP address', 'http://127.0.0.1'],
    ['an IP address in disguise', 'http://2130706433'],
    ['an IPv6 address', 'http://[::1]/'],
    ['a name of a local network', 'http://metadata.google.internal./'],
    ['an address with a password', 'https://user:word@db.example.com'],
    ['an address that is too long', `https://db.example.com/${'x'.repeat(2_000)}`],
  ])('of %s is refused before anybody is asked', async (_what, url) => {
    const { provider, extract } = await arrange(read('x'))
    expect((await refusal(extract(url))).code).toBe('invalid')
    expect(provider.requests).toEqual([])
  })
})

describe.each(['search', 'extract'] as const)('%s, when it hangs,', what => {
  it('is left at once when its task is told to stop', async () => {
    const { provider, ...calls } = await arrange('hang')
    const controller = new AbortController()
    const result = what === 'search' ? calls.search('x', 1, controller.signal) : calls.extract(SITE, controller.signal)
    const ended = result.catch((error: unknown) => error)
    await provider.asked
    const stoppedAt = performance.now()
    controller.abort()
    expect(await ended).toMatchObject({ name: 'AbortError' })
    expect(performance.now() - stoppedAt).toBeLessThan(1_000)
    await provider.left
  })

  it('is left when the total time is over', async () => {
    const { provider } = await arrange('hang')
    const calls = researchAt(provider.url, { totalMs: 500, pause: () => Promise.resolve() })
    const { code, message } = await refusal(calls[what]())
    expect([code, message]).toEqual(['timeout', expect.stringContaining('within 0.5 s')])
    await provider.left
    expect(provider.requests).toHaveLength(1)
  })
})

it('follows no redirect, since the key would travel along', async () => {
  const elsewhere = await arrange(found(PAGE))
  const location = `${elsewhere.provider.url}/v2/scrape`
  for (const status of [301, 302, 307, 308]) {
    const { search, extract } = await arrange({ status, headers: { location } })
    expect((await refusal(search())).message).toMatch('check TAVILY_BASE_URL')
    expect((await refusal(extract())).message).toMatch('check FIRECRAWL_BASE_URL')
  }
  expect(elsewhere.provider.requests).toEqual([])
})

it('is not begun for a task that has been stopped', async () => {
  const { provider, search, extract } = await arrange(found())
  await expect(search('x', 1, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  await expect(extract(SITE, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  expect(provider.requests).toEqual([])
})

it('keeps calls side by side apart', async () => {
  const slow = await arrange('hang')
  const busy = await arrange({ status: 429, headers: { 'retry-after': '7' } }, found(PAGE))
  const controller = new AbortController()
  const hanging = slow.search('x', 1, controller.signal).catch((error: unknown) => error)
  await slow.provider.asked
  expect(await busy.search()).toHaveLength(1)
  expect(pauses).toEqual([7_000])
  controller.abort()
  expect(await hanging).toMatchObject({ name: 'AbortError' })
})

it('writes nothing to the console', async () => {
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]
  const logged = (['log', 'warn', 'error', 'info', 'debug'] as const).map(name => vi.spyOn(console, name))
  const { search, extract } = await arrange({ status: 500 })
  await refusal(search())
  await refusal(extract())
  for (const spy of [...written, ...logged]) {
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  }
})
