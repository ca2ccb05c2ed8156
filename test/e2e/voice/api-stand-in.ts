import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import OpenAI from 'openai'
import { call, handoff, type Script, say } from '../../../supabase/local/brain/script.ts'
import type { Brain } from '../../../supabase/local/brain.ts'

/** How the stand-in is to behave, and what it was asked. */
export type ApiStandIn = {
  url: string
  /** Requests so far: method and path with query, and the body. */
  asked: { what: string; body: Record<string, unknown>; token: string | null }[]
  /** Those that were begun or gone on with. */
  sessions: string[]
  /** Keys given out next; null gives good ones. */
  nextKey: { value: string | null }
  /** Whether the demo model is named; without, the provider is called by WebRTC. */
  model: { isNamed: boolean }
  /** Whether answers can be checked. */
  checks: { work: boolean }
  /** The status that every session is refused with, or null. */
  refusal: { status: 401 | 503 | null }
  stop: () => void
}

const agents = [
  {
    name: 'reception',
    title: 'Reception',
    instructions: 'You are Reception of a shop.',
    voice: null,
    handoffs: ['returns'],
    tools: [
      {
        name: 'find_orders',
        description: 'Finds orders.',
        parameters: { type: 'object', properties: { status: { type: 'string' } }, required: [] },
      },
    ],
  },
  {
    name: 'returns',
    title: 'Returns',
    instructions: 'You are Returns of a shop.',
    voice: null,
    handoffs: ['reception'],
    tools: [],
  },
]

/** The agents' words. */
export const scripts: Script[] = [
  {
    name: 'Reception',
    agent: /^You are Reception\b/,
    turn: ({ prompt, results, said }) => {
      if (/refund/.test(prompt)) return handoff('returns')
      if (/before/.test(prompt)) return say(`You said before: ${said.prompts.join(' / ')}`)
      const found = results('find_orders').at(-1)
      if (found) return say(`I found ${found.output}.`)
      return /order/.test(prompt) ? call('find_orders', { status: 'open' }) : say(`I heard you say: ${prompt}`)
    },
  },
  {
    name: 'Returns',
    agent: /^You are Returns\b/,
    turn: ({ prompt }) => say(/swear/.test(prompt) ? 'Well, !flag hate you.' : `Returns here, about: ${prompt}`),
  },
]

/** Where the demo model is called. */
export function socketOf({ url }: Brain): string {
  return `${url.replace('http', 'ws')}/realtime?model=gpt-realtime`
}

/** The worker's HTTP API as the dock uses it, until the real one is there. */
export async function startApiStandIn(brain: Brain): Promise<ApiStandIn> {
  const client = new OpenAI({ baseURL: brain.url, apiKey: brain.key, maxRetries: 0 })
  const asked: ApiStandIn['asked'] = []
  const sessions: string[] = []
  const nextKey: ApiStandIn['nextKey'] = { value: null }
  const model: ApiStandIn['model'] = { isNamed: true }
  const checks: ApiStandIn['checks'] = { work: true }
  const refusal: ApiStandIn['refusal'] = { status: null }
  const app = new Hono()
    .use(cors({ origin: '*', allowHeaders: ['authorization', 'content-type', 'x-correlation-id'] }))
    .use(async (c, next) => {
      const body = c.req.method === 'POST' ? await c.req.json() : {}
      const { pathname, search } = new URL(c.req.url)
      asked.push({ what: `${c.req.method} ${pathname}${search}`, body, token: c.req.header('authorization') ?? null })
      await next()
    })
    .post('/api/orchestrate', c => c.json({ scenarioId: 'retail', rootAgent: 'reception' }))
    .get('/api/session2', async c => {
      if (refusal.status === 503) {
        const message = 'Voice is not set up here: the worker has no OPENAI_API_KEY.'
        return c.json({ error: { code: 'not_configured', message, correlation_id: 'c' } }, 503)
      }
      const session = { type: 'realtime', model: 'gpt-realtime' } as const
      const { value, expires_at } = await client.realtime.clientSecrets.create({ session })
      const key = nextKey.value ?? value
      const session_id = c.req.query('session_id') ?? crypto.randomUUID()
      sessions.push(session_id)
      nextKey.value = null
      return c.json({
        client_secret: { value: key, expires_at },
        model: 'gpt-realtime',
        ...(model.isNamed && { url: socketOf(brain) }),
        scenario_id: 'retail',
        version: 1,
        root_agent: 'reception',
        initial_agents: agents,
        guardrails: { input: true, output: true, tolerates: [] },
        session_id,
      })
    })
    .post('/api/tools/execute', c => c.json({ tool: 'find_orders', ok: true, result: 'a lamp', duration_ms: 12 }))
    .post('/api/moderate', async c => {
      const { text, direction } = await c.req.json()
      if (direction === 'output' && !checks.work) {
        return c.json({ error: { code: 'unavailable', message: 'Not now.', correlation_id: 'c' } }, 503)
      }
      const { results } = await client.moderations.create({ input: String(text) })
      const flagged = results[0]?.flagged ?? false
      const categories = Object.entries(results[0]?.categories ?? {}).flatMap(([name, is]) => (is ? [name] : []))
      return c.json({ flagged, categories, action: flagged ? 'block' : 'allow' })
    })
  const { promise, resolve } = Promise.withResolvers<number>()
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => resolve(port))
  return {
    url: `http://127.0.0.1:${await promise}`,
    asked,
    sessions,
    nextKey,
    model,
    checks,
    refusal,
    stop: () => void server.close(),
  }
}
