import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../../worker/config.ts'

const NEEDED = {
  SUPABASE_URL: 'https://abc.supabase.co',
  SUPABASE_SERVICE_KEY: 'sb_secret_0123456789abcdef',
  OPENAI_API_KEY: 'sk-0123456789',
}

/** The message of the refusal. */
function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('The settings were taken.')
}

describe('the settings', () => {
  it('are complete with a project, its key and the key of a model', () => {
    expect(loadConfig(NEEDED)).toMatchObject({
      supabase: { url: NEEDED.SUPABASE_URL, key: NEEDED.SUPABASE_SERVICE_KEY },
      databaseUrl: undefined,
      model: { apiKey: NEEDED.OPENAI_API_KEY, baseUrl: undefined, api: 'responses', timeoutSeconds: 120 },
      http: { host: '0.0.0.0', port: 10_000 },
      queue: { concurrency: 50, kinds: null, pollSeconds: 2, leaseSeconds: 30, reapSeconds: 5, drainSeconds: 25 },
      log: { format: 'json', level: 'info', prompts: false },
    })
  })

  it('are all named at once when they are missing, each with its remedy', () => {
    const message = refusal({})
    expect(message).toMatch(/SUPABASE_URL: Set it to the URL of your project/)
    expect(message).toMatch(/SUPABASE_SERVICE_KEY: Set it to the secret key/)
    expect(message).toMatch(/OPENAI_API_KEY: Set it to the key/)
  })

  it.each(Object.keys(NEEDED))('count as missing when empty: %s', name => {
    expect(refusal({ ...NEEDED, [name]: '' })).toMatch(new RegExp(`^  ${name}: Set it`, 'm'))
  })

  it('that are optional may be left empty', () => {
    const { databaseUrl, model, queue } = loadConfig({
      ...NEEDED,
      DATABASE_URL: '',
      OPENAI_BASE_URL: '',
      WORKER_KINDS: '',
    })
    expect([databaseUrl, model.baseUrl, queue.kinds]).toEqual([undefined, undefined, null])
  })

  it('say by which names the worker is reached, and which pages may call it', () => {
    const http = (env: Record<string, string>) => loadConfig({ ...NEEDED, ...env }).http
    const own = ['localhost', '127.0.0.1', '[::1]']
    expect(http({})).toMatchObject({ allowedHosts: own, allowedOrigins: [] })
    expect(http({ HOST: '10.0.0.5', ALLOWED_HOSTS: 'a.example, b.example' }).allowedHosts).toEqual([
      ...own,
      '10.0.0.5',
      'a.example',
      'b.example',
    ])
    expect(http({ ALLOWED_ORIGINS: 'https://a.example,http://localhost:5173' }).allowedOrigins).toHaveLength(2)
    for (const ALLOWED_ORIGINS of ['*', 'a.example', 'https://a.example/app']) {
      expect(refusal({ ...NEEDED, ALLOWED_ORIGINS })).toMatch(/ALLOWED_ORIGINS: List origins/)
    }
    expect(refusal({ ...NEEDED, ALLOWED_HOSTS: 'https://a.example' })).toMatch(/ALLOWED_HOSTS: List names/)
  })

  it('have no secret key where a publishable one belongs', () => {
    const key = 'sb_publishable_0123456789'
    expect(loadConfig({ ...NEEDED, SUPABASE_ANON_KEY: key }).project).toEqual({
      url: NEEDED.SUPABASE_URL,
      publishableKey: key,
    })
    expect(loadConfig(NEEDED).project).toBeUndefined()
    const ofServer = `e30.${btoa(JSON.stringify({ role: 'service_role' }))}.x`
    for (const SUPABASE_PUBLISHABLE_KEY of [NEEDED.SUPABASE_SERVICE_KEY, ofServer]) {
      expect(refusal({ ...NEEDED, SUPABASE_PUBLISHABLE_KEY })).toMatch(/This is a secret key/)
    }
  })

  it('take the older name of the service key', () => {
    const { SUPABASE_SERVICE_KEY: key, ...rest } = NEEDED
    expect(loadConfig({ ...rest, SUPABASE_SERVICE_ROLE_KEY: key }).supabase.key).toBe(key)
    expect(loadConfig({ ...rest, SUPABASE_SERVICE_KEY: '', SUPABASE_SERVICE_ROLE_KEY: key }).supabase.key).toBe(key)
    expect(loadConfig({ ...NEEDED, SUPABASE_SERVICE_ROLE_KEY: 'another-key-of-old-times' }).supabase.key).toBe(key)
  })

  it.each([
    ['SUPABASE_URL', 'hunter2.supabase.co'],
    ['SUPABASE_URL', 'postgres://abc'],
    ['SUPABASE_SERVICE_KEY', 'short-secret'],
    ['DATABASE_URL', 'https://user:hunter2@abc'],
    ['DATABASE_URL', 'hunter2'],
    ['OPENAI_BASE_URL', 'hunter2'],
    ['OPENAI_API', 'hunter2'],
    ['MODEL_TIMEOUT_SECONDS', '-77'],
    ['MODEL_TIMEOUT_SECONDS', 'hunter2'],
    ['MODEL_PRICES', 'hunter2'],
    ['MODEL_PRICES', '{"hunter2": 77}'],
    ['MODEL_PRICES', '{"hunter2": {"input": -77, "output": 1}}'],
    ['MODEL_PRICES', '{"hunter2": {"input": 77}}'],
    ['MODEL_PRICES', '{"hunter2": {"input": 77, "output": 1, "imput": 1}}'],
    ['MODERATION', 'hunter2'],
    ['PORT', '77777'],
    ['PORT', 'hunter2'],
    ['WORKER_CONCURRENCY', '-77'],
    ['WORKER_CONCURRENCY', '2.77'],
    ['POLL_SECONDS', '-77'],
    ['LEASE_SECONDS', '0.77'],
    ['LEASE_SECONDS', '1.77'],
    ['REAP_SECONDS', '-77'],
    ['DRAIN_SECONDS', '-77'],
    ['WORKER_KINDS', 'hunter2'],
    ['LOG_FORMAT', 'hunter2'],
    ['LOG_LEVEL', 'hunter2'],
    ['LOG_PROMPTS', 'hunter2'],
    ['USER_TOKEN_SECRET', 'hunter2'],
    ['TRACES', 'hunter2'],
    ['TRACE_CONTENT', 'hunter2'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'hunter2'],
    ['TAVILY_API_KEY', 'tvly-hunter2 and more'],
    ['FIRECRAWL_API_KEY', 'fc-hunter2\n'],
    ['SENTRY_DSN', 'hunter2'],
    ['SENTRY_DSN', 'https://sentry.io/77'],
    ['SENTRY_DSN', 'https://hunter2@sentry.io/'],
  ])('that are wrong are named, and their value is not shown: %s=%s', (name, value) => {
    const message = refusal({ ...NEEDED, [name]: value })
    expect(message).toMatch(new RegExp(`^  ${name}: \\w{3}`, 'm'))
    expect(message).not.toContain(value)
    expect(message.match(/^ {2}/gm)).toHaveLength(1)
  })

  it('are taken as they are given', () => {
    const env = {
      DATABASE_URL: 'postgresql://u:p@h:5432/d',
      OPENAI_API: 'chat',
      WORKER_KINDS: ' assistant ',
      LEASE_SECONDS: '60',
      DRAIN_SECONDS: '0',
      PORT: '0',
      LOG_PROMPTS: 'true',
    }
    expect(loadConfig({ ...NEEDED, ...env })).toMatchObject({
      databaseUrl: env.DATABASE_URL,
      model: { api: 'chat' },
      queue: { kinds: ['assistant'], leaseSeconds: 60, drainSeconds: 0 },
      http: { port: 0 },
      log: { prompts: true },
    })
  })

  it('name the providers of research, and none of them has to be there', () => {
    expect(loadConfig({ ...NEEDED, TAVILY_API_KEY: '', SENTRY_DSN: '' })).toMatchObject({
      research: { tavily: null, firecrawl: null },
      sentryDsn: undefined,
    })
    const env = { TAVILY_API_KEY: 'tvly-1', FIRECRAWL_API_KEY: 'fc-1', FIRECRAWL_BASE_URL: 'http://localhost:3002' }
    expect(loadConfig({ ...NEEDED, ...env, SENTRY_DSN: 'https://abc@o1.ingest.sentry.io/2' })).toMatchObject({
      research: {
        tavily: { key: 'tvly-1', baseUrl: undefined },
        firecrawl: { key: 'fc-1', baseUrl: 'http://localhost:3002' },
      },
      sentryDsn: 'https://abc@o1.ingest.sentry.io/2',
    })
  })

  it.each(['TAVILY', 'FIRECRAWL'])('refuse an address of %s that is not a URL, or without its key', name => {
    const address = { [`${name}_BASE_URL`]: 'http://localhost:77' }
    expect(refusal({ ...NEEDED, ...address })).toMatch(`${name}_API_KEY: Set it too`)
    const wrong = { [`${name}_BASE_URL`]: 'hunter2', [`${name}_API_KEY`]: 'k' }
    expect(refusal({ ...NEEDED, ...wrong })).toMatch(`${name}_BASE_URL: Set it to a URL`)
  })

  it('say what models cost', () => {
    const prices = { 'my-model': { input: 0.5, cached: 0.1, output: 2 }, other: { input: 0, output: 0 } }
    expect(loadConfig({ ...NEEDED, MODEL_PRICES: JSON.stringify(prices) }).model.prices).toEqual(prices)
    expect(loadConfig(NEEDED).model.prices).toEqual({})
  })

  it.each([
    [{}, 'omni-moderation-latest'],
    [{ OPENAI_BASE_URL: 'https://eu.api.openai.com/v1' }, 'omni-moderation-latest'],
    [{ OPENAI_BASE_URL: 'https://notopenai.com/v1' }, null],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }, null],
    [{ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', MODERATION: 'on', MODERATION_MODEL: 'guard' }, 'guard'],
    [{ MODERATION: 'off' }, null],
  ])('have OpenAI alone moderate, unless they say otherwise: %j', (env, model) => {
    expect(loadConfig({ ...NEEDED, ...env }).model.moderation).toBe(model)
  })

  it('send traces to OpenAI by its own key alone, and without content unless asked', () => {
    const { version: _version, ...traces } = loadConfig(NEEDED).traces
    expect(traces).toEqual({ openaiKey: NEEDED.OPENAI_API_KEY, otlpUrl: undefined, content: false })
    const elsewhere = { ...NEEDED, OPENAI_BASE_URL: 'https://models.example/v1' }
    expect(loadConfig(elsewhere).traces.openaiKey).toBeUndefined()
  })

  it('send traces to a collector too, and none at all where they are off', () => {
    const collected = { ...NEEDED, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', TRACE_CONTENT: '1' }
    expect(loadConfig(collected).traces).toMatchObject({ otlpUrl: 'http://localhost:4318', content: true })
    const { openaiKey, otlpUrl } = loadConfig({ ...collected, TRACES: 'off' }).traces
    expect([openaiKey, otlpUrl]).toEqual([undefined, undefined])
  })

  it('list kinds without empty ones', () => {
    expect(loadConfig({ ...NEEDED, WORKER_KINDS: 'assistant,' }).queue.kinds).toEqual(['assistant'])
  })
})

describe('what users may call', () => {
  const load = (env: Record<string, string>) => loadConfig({ ...NEEDED, ...env })

  it('is the worker’s own model, or those that are listed', () => {
    expect(load({ OPENAI_MODEL: 'gpt-test' }).responseModels).toEqual(['gpt-test'])
    expect(load({ RESPONSES_MODELS: 'small, large' }).responseModels).toEqual(['small', 'large'])
  })

  it('is spoken with at OpenAI, or where the provider is, of which browsers are told no more than they need', () => {
    expect(load({}).realtime).toEqual({ model: 'gpt-realtime', url: undefined })
    expect(load({ OPENAI_BASE_URL: 'https://eu.api.openai.com/v1' }).realtime.url).toBeUndefined()
    const OPENAI_BASE_URL = 'https://user:secret@models.example:8443/v1/?key=secret'
    expect(load({ OPENAI_BASE_URL, REALTIME_MODEL: 'talk/1' }).realtime.url).toBe(
      'wss://models.example:8443/v1/realtime?model=talk%2F1',
    )
  })
})
