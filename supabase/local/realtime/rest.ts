import { bypassesPolicies, mayWrite } from './authorize.ts'
import { type Broadcast, publish, sizeOf } from './broadcast.ts'
import type { Identity } from './claims.ts'
import type { Core } from './core.ts'

/** A request that is refused; the message is public. */
class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': 'authorization, apikey, content-type, x-client-info',
}

/**
 * Serves broadcasts over HTTP, for senders that need no socket:
 *
 *   POST …/api/broadcast                             { messages: [{ topic, event, payload, private }] }
 *   POST …/api/broadcast/<topic>/events/<event>      the payload itself, JSON or bytes; ?private=true
 *
 * Of a batch, what the policies deny is skipped and the answer is still 202; alone it is refused with 403.
 */
export async function serveRest(core: Core, request: Request): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors })
  try {
    await receive(core, request)
    return new Response(null, { status: 202, headers: cors })
  } catch (error) {
    const { status, message } = error instanceof Refused ? error : new Refused(500, 'Internal error')
    if (status === 500) core.settings.log(`a broadcast over HTTP failed: ${error}`)
    return Response.json({ message }, { status, headers: cors })
  }
}

async function receive(core: Core, request: Request): Promise<void> {
  const url = new URL(request.url)
  const path = /\/api\/broadcast(?:\/([^/]+)\/events\/([^/]+))?\/?$/.exec(url.pathname)
  if (!path || request.method !== 'POST') throw new Refused(404, 'Not found')
  const [, topic, event] = path
  const identity = await identify(core, request)
  if (topic === undefined || event === undefined) return receiveBatch(core, request, identity)
  const name = decode(topic)
  const isPrivate = url.searchParams.get('private') === 'true'
  const message = { name, event: decode(event), isPrivate, body: await readBody(request) }
  checkSizes(core, [message])
  if (!(await allowedTopics(core, request, identity, [message])).has(name)) throw new Refused(403, 'Unauthorized')
  send(core, [message])
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new Refused(422, `${segment} is not percent-encoded`, { cause })
  }
}

async function receiveBatch(core: Core, request: Request, identity: Identity): Promise<void> {
  const messages = readMessages(await request.json().catch(() => undefined))
  if (messages.length > core.settings.maxMessagesPerSecond) {
    throw new Refused(429, 'Too many messages to broadcast, please reduce the batch size')
  }
  checkSizes(core, messages)
  const allowed = await allowedTopics(core, request, identity, messages)
  send(
    core,
    messages.filter(({ name, isPrivate }) => !isPrivate || allowed.has(name)),
  )
}

// A token that is present and bad is refused, even beside a good key.
async function identify(core: Core, { headers }: Request): Promise<Identity> {
  const bearer = headers.get('authorization')?.replace(/^Bearer\s+/i, '')
  return core.identify(bearer || headers.get('apikey')).catch(() => {
    throw new Refused(401, 'Unauthorized')
  })
}

async function readBody(request: Request): Promise<Broadcast['body']> {
  const type = request.headers.get('content-type') ?? ''
  if (type.startsWith('application/octet-stream')) return { bytes: await request.bytes() }
  if (!type.startsWith('application/json')) throw new Refused(415, 'Unsupported content type')
  const payload = await request.json().catch(() => {
    throw new Refused(422, 'The payload is no JSON')
  })
  return { json: JSON.stringify(payload) }
}

function readMessages(body: unknown): Broadcast[] {
  const { messages } = (body ?? {}) as { messages?: unknown }
  if (!Array.isArray(messages)) throw new Refused(422, 'messages must be a list')
  return messages.map(message => {
    const { topic, event, payload, private: isPrivate } = message ?? {}
    if (typeof topic !== 'string' || !topic) throw new Refused(422, "topic can't be blank")
    if (typeof event !== 'string' || !event) throw new Refused(422, "event can't be blank")
    if (payload === undefined) throw new Refused(422, "payload can't be blank")
    return { name: topic, event, isPrivate: isPrivate === true, body: { json: JSON.stringify(payload) } }
  })
}

function checkSizes({ settings }: Core, messages: Broadcast[]): void {
  if (messages.some(({ body }) => sizeOf(body) > settings.maxPayloadBytes)) throw new Refused(422, 'Payload too large')
}

async function allowedTopics(
  { sql }: Core,
  request: Request,
  identity: Identity,
  messages: Broadcast[],
): Promise<Set<string>> {
  const topics = new Set(messages.map(({ name }) => name))
  if (messages.every(({ isPrivate }) => !isPrivate) || (await bypassesPolicies(sql, identity.role))) return topics
  const headers = Object.fromEntries(request.headers)
  const answers = await Promise.all(
    [...topics].map(async topic => ((await mayWrite(sql, { identity, topic, headers }, 'broadcast')) ? [topic] : [])),
  )
  return new Set(answers.flat())
}

function send(core: Core, messages: Broadcast[]): void {
  for (const message of messages) {
    core.rate.count()
    if (core.rate.isOver()) throw new Refused(429, 'You have exceeded your rate limit')
    publish(core, { ...message, meta: { id: crypto.randomUUID() } })
  }
}
