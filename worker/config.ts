import { hostname } from 'node:os'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import manifest from '../package.json' with { type: 'json' }
import { isKind, type Kind, kinds } from '../shared/kinds.ts'

const WHOLE = 'Set it to a whole number, 1 or more.'
const SECONDS = 'Set it to a number of seconds above 0.'
const PORT = 'Set it to a port from 0 (any free one) to 65535.'
const whole = z.coerce.number(WHOLE).int(WHOLE).min(1, WHOLE)
const seconds = z.coerce.number(SECONDS).positive(SECONDS)
const PRICES =
  'Set it to JSON like {"my-model": {"input": 0.5, "cached": 0.1, "output": 2}}, in USD per million tokens ("cached" may be left out).'
const price = z.number().min(0)
const prices = z.record(z.string().min(1), z.strictObject({ input: price, cached: price.optional(), output: price }))
const MCP =
  'Set it to JSON like {"assistant": [{"name": "docs", "transport": {"url": "https://docs.example/mcp"}}]}; the README has all fields.'
const mcpServer = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/i),
  transport: z.union([
    z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
    z.strictObject({
      command: z.string().min(1),
      args: z.array(z.string()).exactOptional(),
      env: z.record(z.string(), z.string()).exactOptional(),
    }),
  ]),
  timeoutSeconds: z.number().positive().exactOptional(),
  tools: z.array(z.string()).exactOptional(),
  identity: z.boolean().exactOptional(),
  approve: z.enum(['destructive', 'always']).exactOptional(),
})
const mcpServers = z.partialRecord(z.enum(Object.keys(kinds) as [Kind, ...Kind[]]), z.array(mcpServer))
const SECRET = 'Set it to the key alone, without blanks, or leave it out.'
const secret = z.string().regex(/^\S+$/, SECRET).optional()
const base = (like: string) =>
  z.url({ protocol: /^https?$/, error: `Set it to a URL like ${like}, or leave it out.` }).optional()
const DSN = 'Set it to the DSN of your Sentry project, like https://key@o1.ingest.sentry.io/2, or leave it out.'
const flag = z
  .enum(['0', '1', 'true', 'false'])
  .default('0')
  .transform(value => value === '1' || value === 'true')

const origin = z.string().refine(url => URL.canParse(url) && /^https?:/.test(url) && new URL(url).origin === url)

/** A setting that is a list with commas; left out, it is empty. */
function list(each: z.ZodType, remedy: string) {
  return z
    .string()
    .default('')
    .transform(text => text.split(',').flatMap(part => part.trim() || []))
    .refine(parts => parts.every(part => each.safeParse(part).success), remedy)
}

/** A setting that is JSON; left out, it is empty. */
function json<T>(schema: z.ZodType<T>, remedy: string) {
  return z
    .string()
    .default('{}')
    .transform((text, context): T => {
      const parsed = schema.safeParse(jsonOf(text))
      if (parsed.success) return parsed.data
      context.addIssue({ code: 'custom', message: remedy })
      return z.NEVER
    })
}

const settings = z.object({
  SUPABASE_URL: z.url({
    protocol: /^https?$/,
    error: 'Set it to the URL of your project, for example https://abc.supabase.co.',
  }),
  SUPABASE_SERVICE_KEY: z
    .string('Set it to the secret key of your project (dashboard: Settings, API keys).')
    .min(20, 'This is too short to be a secret key.'),
  SUPABASE_PUBLISHABLE_KEY: z
    .string()
    .min(20, 'This is too short to be a publishable key.')
    .refine(
      key => !isSecret(key),
      'This is a secret key. Set it to the publishable one (dashboard: Settings, API keys).',
    )
    .optional(),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'Set it to a connection string like postgres://…, or leave it out.' })
    .optional(),
  OPENAI_API_KEY: z.string('Set it to the key of your model provider.').min(1, 'It is empty.'),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/, error: 'Set it to a URL that ends in /v1.' }).optional(),
  OPENAI_MODEL: z.string().min(1).default('gpt-5.6-luna'),
  OPENAI_API: z.enum(['responses', 'chat']).default('responses'),
  MODEL_TIMEOUT_SECONDS: seconds.default(120),
  MODEL_PRICES: json(prices, PRICES),
  TODOS_MCP_URL: z
    .url({ protocol: /^https?$/, error: 'Set it to a URL that ends in /mcp, or leave it out.' })
    .optional(),
  MCP_SERVERS: json(mcpServers, MCP),
  MODERATION: z.enum(['auto', 'on', 'off'], 'Set it to auto, on or off.').default('auto'),
  MODERATION_MODEL: z.string().default('omni-moderation-latest'),
  RESPONSES_MODELS: list(z.string().regex(/^\S+$/), 'List models with commas: gpt-5.6-luna.'),
  REALTIME_MODEL: z.string().min(1).default('gpt-realtime'),
  PORT: z.coerce.number(PORT).int(PORT).min(0, PORT).max(65_535, PORT).default(10_000),
  HOST: z.string().default('0.0.0.0'),
  ALLOWED_HOSTS: list(z.string().regex(/^[\w.-]+$/), 'List names with commas, without port: api.example.com.'),
  ALLOWED_ORIGINS: list(origin, 'List origins with commas: https://app.example.com.'),
  // The Data API cuts what a function returns at a thousand rows.
  WORKER_CONCURRENCY: whole.max(1_000, 'Set it to 1000 at most, and start more workers.').default(50),
  WORKER_KINDS: z
    .string()
    .transform(list =>
      list
        .split(',')
        .map(kind => kind.trim())
        .filter(Boolean),
    )
    .refine(list => list.length > 0 && list.every(isKind), `List kinds with commas: ${Object.keys(kinds).join(', ')}.`)
    .nullable()
    .default(null),
  POLL_SECONDS: seconds.default(2),
  LEASE_SECONDS: whole.default(30),
  REAP_SECONDS: seconds.default(5),
  DRAIN_SECONDS: z.coerce.number(SECONDS).min(0, SECONDS).default(25),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  LOG_PROMPTS: flag,
  USER_TOKEN_SECRET: z.string().min(32, 'This is too short to sign tokens with: 32 characters at least.').optional(),
  TRACES: z.enum(['on', 'off']).default('on'),
  TRACE_CONTENT: flag,
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'Set it to the URL of your collector, for example http://localhost:4318.' })
    .optional(),
  TAVILY_API_KEY: secret,
  TAVILY_BASE_URL: base('https://api.tavily.com'),
  FIRECRAWL_API_KEY: secret,
  FIRECRAWL_BASE_URL: base('https://api.firecrawl.dev'),
  SENTRY_DSN: z
    .string()
    .regex(/^https?:\/\/[^\s@/:]+@[^\s@/]+(\/\S*)?\/\d+$/, DSN)
    .optional(),
})

export type Config = ReturnType<typeof loadConfig>

/** Names every missing or wrong setting with its remedy. Programs show the message and exit. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(`The worker cannot start; these settings need care:\n${problems.map(each => `  ${each}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * Reads the settings from the environment; the README has the table.
 *
 * @throws ConfigError that names every missing or wrong setting with its remedy. Values are never shown.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  // An empty variable is what `.env` templates leave behind: it counts as not set.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  given.SUPABASE_SERVICE_KEY ??= given.SUPABASE_SERVICE_ROLE_KEY
  given.SUPABASE_PUBLISHABLE_KEY ??= given.SUPABASE_ANON_KEY
  const parsed = settings.superRefine(refuseHalves).safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`))
  }
  const s = parsed.data
  const research = {
    /** Null: searches find articles of the corpus. */
    tavily: s.TAVILY_API_KEY ? { key: s.TAVILY_API_KEY, baseUrl: s.TAVILY_BASE_URL } : null,
    /** Null: only the corpus can be read. */
    firecrawl: s.FIRECRAWL_API_KEY ? { key: s.FIRECRAWL_API_KEY, baseUrl: s.FIRECRAWL_BASE_URL } : null,
  }
  return {
    version: manifest.version,
    host: hostname(),
    supabase: { url: s.SUPABASE_URL, key: s.SUPABASE_SERVICE_KEY },
    /** With this the worker acts for users who call it, with no more than their rights. */
    project: s.SUPABASE_PUBLISHABLE_KEY
      ? { url: s.SUPABASE_URL, publishableKey: s.SUPABASE_PUBLISHABLE_KEY }
      : undefined,
    databaseUrl: s.DATABASE_URL,
    model: {
      apiKey: s.OPENAI_API_KEY,
      baseUrl: s.OPENAI_BASE_URL,
      name: s.OPENAI_MODEL,
      api: s.OPENAI_API,
      timeoutSeconds: s.MODEL_TIMEOUT_SECONDS,
      prices: s.MODEL_PRICES,
      /** The model that moderates; null: none does. */
      moderation: moderates(s.MODERATION, s.OPENAI_BASE_URL) ? s.MODERATION_MODEL : null,
    },
    /** The models that users may call over HTTP by themselves. */
    responseModels: s.RESPONSES_MODELS.length > 0 ? s.RESPONSES_MODELS : [s.OPENAI_MODEL],
    /** The model that is spoken with, and where browsers reach it if not at OpenAI. */
    realtime: { model: s.REALTIME_MODEL, url: socketOf(s.OPENAI_BASE_URL, s.REALTIME_MODEL) },
    http: {
      host: s.HOST,
      port: s.PORT,
      /** By these names it is reached; others are refused where a page could pretend to be one of them. */
      allowedHosts: ['localhost', '127.0.0.1', '[::1]', ...(isAny(s.HOST) ? [] : [s.HOST]), ...s.ALLOWED_HOSTS],
      /** Pages that may call from a browser. */
      allowedOrigins: s.ALLOWED_ORIGINS,
    },
    queue: {
      concurrency: s.WORKER_CONCURRENCY,
      kinds: s.WORKER_KINDS,
      pollSeconds: s.POLL_SECONDS,
      leaseSeconds: s.LEASE_SECONDS,
      reapSeconds: s.REAP_SECONDS,
      drainSeconds: s.DRAIN_SECONDS,
    },
    log: { format: s.LOG_FORMAT, level: s.LOG_LEVEL, prompts: s.LOG_PROMPTS },
    userTokenSecret: s.USER_TOKEN_SECRET,
    /** The MCP server for todos; left out, this worker is it. */
    todosUrl: s.TODOS_MCP_URL,
    /** The MCP servers whose tools the agents of a kind get. */
    mcpServers: s.MCP_SERVERS,
    traces: tracesOf(s),
    research,
    /** Where errors that nobody foresaw are reported to. */
    sentryDsn: s.SENTRY_DSN,
  }
}

/** An address without its key would change nothing, silently. */
function refuseHalves(s: z.infer<typeof settings>, context: z.RefinementCtx): void {
  for (const name of ['TAVILY', 'FIRECRAWL'] as const) {
    if (!s[`${name}_BASE_URL`] || s[`${name}_API_KEY`]) continue
    const message = `Set it too (any word, for a server that asks for none), or leave ${name}_BASE_URL out.`
    context.addIssue({ code: 'custom', path: [`${name}_API_KEY`], message })
  }
}

/** Where traces go: to OpenAI with its own key only, never to another provider's or from another's. */
function tracesOf(s: z.infer<typeof settings>) {
  const isOn = s.TRACES === 'on'
  return {
    openaiKey: isOn && s.OPENAI_BASE_URL === undefined ? s.OPENAI_API_KEY : undefined,
    otlpUrl: isOn ? s.OTEL_EXPORTER_OTLP_ENDPOINT : undefined,
    content: s.TRACE_CONTENT,
    version: manifest.version,
  }
}

/** Most compatible servers have no moderation, so left to itself it is on at OpenAI alone. */
function moderates(wish: 'auto' | 'on' | 'off', baseUrl: string | undefined): boolean {
  if (wish !== 'auto') return wish === 'on'
  return isOpenAi(baseUrl)
}

function isOpenAi(baseUrl: string | undefined): boolean {
  return baseUrl === undefined || /(^|\.)openai\.com$/.test(new URL(baseUrl).hostname)
}

/** Browsers are told of it: what else stands in the URL, such as a password, is not for them. */
function socketOf(baseUrl: string | undefined, model: string): string | undefined {
  if (baseUrl === undefined || isOpenAi(baseUrl)) return undefined
  const { protocol, host, pathname } = new URL(baseUrl)
  const way = protocol === 'https:' ? 'wss' : 'ws'
  return `${way}://${host}${pathname.replace(/\/$/, '')}/realtime?model=${encodeURIComponent(model)}`
}

/** An address that stands for all of the machine's is the name of none. */
function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Both kinds that Supabase has given out: prefixed keys, and older ones that are tokens with a role in them. */
function isSecret(key: string): boolean {
  if (key.startsWith('sb_')) return key.startsWith('sb_secret_')
  try {
    return decodeJwt(key).role !== 'anon'
  } catch {
    return false
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
