import { createClient } from '@supabase/supabase-js'
import OpenAI from 'openai'
import type { Database } from '../shared/database.types.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { openDb } from './db.ts'

// `npm run check:connection`: everything a worker needs, one line each, with the remedy. Exit code 0 if all of it works.

type Check = { name: string; remedy: string; run: () => Promise<string> }

const TIMEOUT_MS = 10_000

async function main(): Promise<number> {
  const config = loadConfig()
  const supabase = createClient<Database>(config.supabase.url, config.supabase.key, { auth: { persistSession: false } })
  let failed = 0
  for (const check of checksOf(config, supabase)) {
    try {
      say('✔', check.name, await withTimeout(check.run()))
    } catch (error) {
      failed += 1
      say('✘', check.name, `${(error as Error).message}\n    → ${check.remedy}`)
    }
  }
  say('·', 'Traces', placesOfTraces(config))
  say('·', 'Search', placesOfSearches(config))
  await supabase.realtime.disconnect()
  process.stdout.write(failed === 0 ? '\nAll connections work.\n' : `\n${failed} of the checks failed.\n`)
  return failed === 0 ? 0 : 1
}

function checksOf(config: Config, supabase: ReturnType<typeof createClient<Database>>): Check[] {
  const { url, key } = config.supabase
  const requests = () => supabase.from('agent_task_requests')
  return [
    {
      name: 'Project',
      remedy: 'Check SUPABASE_URL, and that the project is not paused (locally: that `npm start` runs).',
      run: async () => {
        const { ok, status } = await fetch(new URL('auth/v1/health', `${url}/`), { headers: { apikey: key } })
        if (status === 401) throw new Error(`${url} does not take SUPABASE_SERVICE_KEY.`)
        if (!ok) throw new Error(`${url} answers with ${status}: is it a Supabase project?`)
        return url
      },
    },
    {
      name: 'Table',
      remedy: 'Check SUPABASE_SERVICE_KEY; if the table is missing, run `npx supabase db push`.',
      run: async () => {
        const { count, error } = await requests().select('id', { count: 'exact', head: false }).limit(1)
        if (error) throw new Error(error.message)
        return `agent_task_requests, ${count ?? 0} rows`
      },
    },
    {
      name: 'Functions',
      remedy: 'Run `npx supabase db push`, and add "worker" to the exposed schemas (dashboard: Settings, Data API).',
      run: async () => {
        const { error } = await supabase.schema('worker').rpc('stats')
        if (error) throw new Error(error.message)
        return 'schema worker, callable with this key'
      },
    },
    {
      name: 'Realtime',
      remedy: 'Enable Realtime for the project (dashboard: Realtime, Settings).',
      run: async () => hearOneself(supabase),
    },
    ...(config.databaseUrl ? [directCheck(config)] : []),
    {
      name: 'Model',
      remedy: 'Check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.',
      run: async () => {
        const client = new OpenAI({ apiKey: config.model.apiKey, baseURL: config.model.baseUrl ?? null, maxRetries: 0 })
        await client.models.list()
        return `${config.model.name} at ${client.baseURL}`
      },
    },
  ]
}

/** Where the SDK's traces go. */
function placesOfTraces({ traces: { openaiKey, otlpUrl } }: Config): string {
  const collector = otlpUrl ? [`a collector at ${new URL(otlpUrl).host}`] : []
  return ['the journal', ...(openaiKey ? ['OpenAI'] : []), ...collector].join(', ')
}

/** Where agents that research look things up. */
function placesOfSearches({ research: { tavily, firecrawl } }: Config): string {
  if (!tavily) return 'our own library; set TAVILY_API_KEY to search the web'
  return firecrawl ? 'the web' : 'the web, by excerpts alone; set FIRECRAWL_API_KEY to read pages'
}

/** A message of our own on a private channel that comes back: joining, policies and delivery work. */
async function hearOneself(supabase: ReturnType<typeof createClient<Database>>): Promise<string> {
  await supabase.realtime.setAuth()
  const heard = Promise.withResolvers<void>()
  const channel = supabase.channel(`check:${crypto.randomUUID()}`, {
    config: { private: true, broadcast: { self: true } },
  })
  channel
    .on('broadcast', { event: 'check' }, () => heard.resolve())
    .subscribe((status, error) => {
      if (status === 'SUBSCRIBED') void channel.send({ type: 'broadcast', event: 'check', payload: {} })
      if (status === 'CHANNEL_ERROR' || status === 'TIMED_OUT') heard.reject(new Error(error?.message ?? status))
    })
  await heard.promise
  await supabase.removeChannel(channel)
  return 'private channels deliver'
}

function directCheck(config: Config): Check {
  return {
    name: 'Database',
    remedy: 'Check DATABASE_URL: the direct or the session connection (port 5432), with the right password.',
    run: async () => {
      const db = openDb(config)
      try {
        await db.hear(() => undefined)
        return 'direct connection, LISTEN works'
      } finally {
        await db.close()
      }
    },
  }
}

function withTimeout<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`No answer within ${TIMEOUT_MS / 1000} s.`)), TIMEOUT_MS)
  return Promise.race([work, promise]).finally(() => clearTimeout(timer))
}

function say(sign: string, name: string, words: string): void {
  process.stdout.write(`${sign} ${name.padEnd(10)} ${words}\n`)
}

main().then(
  code => process.exit(code),
  error => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : error.stack}\n`)
    process.exit(1)
  },
)
