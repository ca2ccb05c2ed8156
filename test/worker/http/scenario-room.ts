import getPort from 'get-port'
import { expect } from 'vitest'
import { errorAnswer } from '../../../shared/http.ts'
import { startBrain } from '../../../supabase/local/brain.ts'
import { createModerator } from '../../../worker/agents/moderation.ts'
import { createKeyMint } from '../../../worker/agents/realtime-key.ts'
import { createResponses } from '../../../worker/agents/responses.ts'
import { openDb } from '../../../worker/db.ts'
import type { DoorsOptions } from '../../../worker/http/doors.ts'
import { type SignedUp, startStack } from '../../support/stack.ts'
import { online, start } from '../process.ts'
import { openDoors } from './arrange.ts'

export const REALTIME = { model: 'gpt-realtime', url: 'ws://127.0.0.1:9/v1/realtime' }

export const ACME = '00000000-0000-4000-8000-0000000000a1'

/** How a call is made; without a body it is a GET. */
export type Ask = {
  as?: SignedUp | null
  url?: string
  method?: string
  headers?: Record<string, string>
  body?: unknown
}

/**
 * A worker as a process of its own, the doors of another instance in this one, and people: ada is an admin of Acme, bob a
 * member, eve is neither.
 */
export async function openScenarioRoom() {
  const stack = await startStack()
  const brain = await startBrain({ pace: 'instant' })
  const ends: (() => unknown)[] = []
  const port = await getPort()
  const worker = start(
    { atEnd: end => void ends.push(end) },
    {
      SUPABASE_URL: stack.url,
      SUPABASE_SERVICE_KEY: stack.serviceKey,
      SUPABASE_PUBLISHABLE_KEY: stack.anonKey,
      USER_TOKEN_SECRET: stack.jwtSecret,
      DATABASE_URL: stack.databaseUrl,
      OPENAI_API_KEY: brain.key,
      OPENAI_BASE_URL: brain.url,
      MODERATION: 'on',
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  )
  await online(worker)
  const db = openDb({ databaseUrl: stack.databaseUrl, supabase: { url: stack.url, key: '' } })
  const model = {
    apiKey: brain.key,
    baseUrl: brain.url,
    name: 'gpt-test',
    api: 'responses' as const,
    timeoutSeconds: 10,
    prices: {},
    moderation: 'omni-moderation-latest',
  }
  const rooms: Partial<DoorsOptions> = {
    moderate: createModerator(model),
    mintRealtimeKey: createKeyMint(model, REALTIME, db),
    responseModels: ['gpt-test', 'gpt-other'],
    respond: createResponses(model, db),
    takeTurn: (p_user, p_bucket, p_per_minute) => db.call('take_api_turn', { p_user, p_bucket, p_per_minute }),
    seeTurn: (p_user, p_bucket, p_per_minute) => db.call('see_api_turn', { p_user, p_bucket, p_per_minute }),
  }
  const open = (more: Partial<DoorsOptions> = {}) => openDoors(stack, { ...rooms, ...more })
  const doors = await open()
  const [ada, bob, eve] = [
    await stack.signUp('ada@acme.test'),
    await stack.signUp('bob@acme.test'),
    await stack.signUp('eve@globex.test'),
  ]
  const { sql } = stack
  await sql`insert into public.enterprises (id, name) values (${ACME}, 'Acme')`
  await sql`insert into public.enterprise_members (enterprise_id, user_id, role)
    values (${ACME}, ${ada.userId}, 'admin'), (${ACME}, ${bob.userId}, 'member')`

  async function ask(path: string, { as = ada, url = doors.url, method, headers, body }: Ask = {}): Promise<Response> {
    const { data } = as ? await as.client.auth.getSession() : { data: undefined }
    return fetch(url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(data?.session && { authorization: `Bearer ${data.session.access_token}` }),
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }

  return {
    ...stack,
    db,
    brain,
    model,
    doors,
    open,
    ask,
    people: { ada, bob, eve },
    workerUrl: `http://127.0.0.1:${port}`,
    /** The body of an answer that is as it should be. */
    async get(path: string, more: Ask = {}, status = 200) {
      const response = await ask(path, more)
      const body = await response.json()
      expect(response.status, JSON.stringify(body)).toBe(status)
      return body
    },
    async refusal(path: string, more: Ask = {}) {
      const response = await ask(path, more)
      const body = await response.json()
      expect(errorAnswer.parse(body)).toEqual(body)
      return { status: response.status, code: body.error.code as string, message: body.error.message as string }
    },
    async end() {
      await doors.stop()
      for (const end of ends) await end()
      await db.close()
      await brain.stop()
      await stack.stop()
    },
  }
}

/** The events of a stream that has ended. */
export async function eventsOf(response: Response): Promise<{ event: string; data: Record<string, unknown> }[]> {
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const blocks = (await response.text()).split('\n\n').filter(block => block.startsWith('event:'))
  return blocks.map(block => {
    const [event = '', data] = block.split('\n').map(line => line.replace(/^\w+: ?/, ''))
    return { event, data: JSON.parse(data ?? 'null') }
  })
}
