import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { chatAnswer, errorAnswer } from '../../../shared/http.ts'
import { type Components, type Schema, spoilt, valuesOf, wrongWith } from './json-schema.ts'
import { ACME, openScenarioRoom } from './scenario-room.ts'

type Operation = {
  operationId: string
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

const room = await openScenarioRoom()
// As often as it likes, and without waiting for agents: 202 is an answer, too.
const doors = await room.open({ takeTurn: async () => 0, seeTurn: async () => 0, waitSeconds: 0.2 })
afterAll(async () => {
  await doors.stop()
  await room.end()
})

const described = await room.get('/api/openapi.json', { as: null, url: doors.url })
const components: Components = described.components.schemas
const operations = Object.entries(described.paths as Record<string, Record<string, Operation>>).flatMap(
  ([path, each]) => Object.entries(each).map(([method, operation]) => ({ path, method, ...operation })),
)
const { session_id } = await room.get('/api/sdk/session/create', { body: { scenario_id: 'retail' } })
const { id: task } = await room.get('/api/agent/run', { body: { scenario_id: 'clinic', user_input: 'Hello' } })
const turn = chatAnswer.parse(await room.get('/api/v1/chat', { body: { message: 'Hello' } }))
const known = {
  scenario_id: ['retail'],
  enterprise_id: [ACME],
  enterpriseId: [ACME],
  agent_name: ['returns'],
  root_agent: ['returns'],
  name: ['sales'],
  model: ['gpt-test'],
  input: ['Hello'],
  user_input: ['Hello', 'What about my order?'],
  scenarioId: ['retail'],
  id: [task, 'retail'],
  task_id: [turn.task_id],
  conversation_id: [turn.conversation_id],
  message: ['Hello', 'What is on my list?'],
  session_id: [session_id],
  sessionId: [session_id],
  tool: ['find_orders', 'find_slots', 'list_drafts', 'store_draft_content'],
}
const RUNS = 12

type Call = { path: string; method: string; body?: unknown; accept?: string }

// Making values holds this process up for seconds, after which the server ends connections that a call would go over.
const send = ({ path, method, body, accept = 'application/json' }: Call, more: Record<string, string> = {}) => {
  const headers = { connection: 'close', accept, ...more }
  return room.ask(path, { url: doors.url, method: method.toUpperCase(), headers, ...(body !== undefined && { body }) })
}

/** Clients of MCP take both; of what else streams some take the stream. */
function acceptedBy({ path, responses }: Operation & Pick<Call, 'path'>): string[] {
  const types = Object.keys(responses[200]?.content ?? {})
  return path === '/mcp' ? [types.join(', ')] : types
}

/** Calls that fit the document. */
function callsOf(operation: Operation & Pick<Call, 'path' | 'method'>) {
  const { path, method, parameters = [], requestBody } = operation
  const own = parameters.filter(each => each.in !== 'header')
  const values = fc.record(
    Object.fromEntries(
      own.map(({ name, schema }) => [
        name,
        valuesOf({ properties: { [name]: schema }, required: [name], type: 'object' }, components, known).map(
          each => (each as never)[name],
        ),
      ]),
    ),
    { requiredKeys: own.filter(each => each.required).map(each => each.name) as never[] },
  )
  const bodies = requestBody
    ? valuesOf(requestBody.content['application/json'].schema, components, known)
    : fc.constant(undefined)
  return fc.tuple(values, bodies, fc.constantFrom(...acceptedBy(operation))).map(([given, body, accept]): Call => {
    const query = new URLSearchParams()
    let filled = path
    for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
      if (path.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)))
      else query.set(name, String(value))
    }
    return { path: query.size > 0 ? `${filled}?${query}` : filled, method, body, accept }
  })
}

describe('the OpenAPI document', () => {
  it('has each endpoint', () => {
    expect(described.openapi).toBe('3.1.0')
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'delete /mcp',
      'get /api/health',
      'get /api/scenarios',
      'get /api/scenarios/{id}',
      'get /api/sdk/session/transcript',
      'get /api/session',
      'get /api/session2',
      'get /api/tasks/{id}',
      'get /api/v1/chat/{task_id}',
      'get /api/v1/tasks',
      'get /mcp',
      'post /api/agent/run',
      'post /api/context/snapshot',
      'post /api/moderate',
      'post /api/orchestrate',
      'post /api/responses',
      'post /api/sdk/session/create',
      'post /api/sdk/session/message',
      'post /api/tools/execute',
      'post /api/v1/chat',
      'post /mcp',
    ])
    expect(JSON.stringify(described)).not.toContain('$defs')
  })
})

/** What is in an answer, or is told by its stream in the end, is as the document says. */
function expectDescribed({ path, responses }: (typeof operations)[number], response: Response, text: string) {
  const described = responses[response.status] ?? responses.default
  expect(described, `${response.status}`).toBeDefined()
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  expect(Object.keys(described?.content ?? { '': {} }), `${response.status}`).toContain(type)
  if (type === '') return
  const said = type === 'application/json' ? { event: '', data: text } : lastOf(text)
  const whole = path === '/mcp' ? [200] : said.event === 'error' ? [400] : [200, 202]
  const schemas = (type === 'application/json' ? [response.status] : whole).map(
    status => (responses[status] ?? responses.default)?.content?.['application/json']?.schema ?? {},
  )
  const wrong = schemas.map(schema => wrongWith(JSON.parse(said.data), schema, components))
  expect(wrong, text).toContain(undefined)
}

/** The last event of a stream. */
function lastOf(text: string) {
  const [block = ''] = text
    .split('\n\n')
    .filter(each => each.startsWith('event:'))
    .slice(-1)
  const [event = '', data = 'null'] = block.split('\n').map(line => line.replace(/^\w+: ?/, ''))
  // The provider's events carry the response that they are about.
  return { event, data: event.startsWith('response.') ? JSON.stringify(JSON.parse(data).response) : data }
}

describe.each(operations)('$method $path', operation => {
  it('answers what fits the document as the document says, without a key in it', async () => {
    await fc.assert(
      fc.asyncProperty(callsOf(operation), async call => {
        const response = await send(call)
        const text = await response.text()
        expect(response.status, text).toBeLessThan(500)
        expect(response.headers.get('x-correlation-id')).toMatch(/./)
        expectDescribed(operation, response, text)
        for (const secret of [room.serviceKey, room.brain.key, room.jwtSecret]) expect(text).not.toContain(secret)
      }),
      { numRuns: operation.parameters ? RUNS : 1 },
    )
  }, 120_000)
})

describe.each(operations.filter(each => each.requestBody && each.path !== '/mcp'))('$method $path', operation => {
  const schema = operation.requestBody?.content['application/json'].schema ?? {}

  it('refuses what does not fit, with a code', async () => {
    const calls = valuesOf(schema, components, known).chain(body => spoilt(schema, components, body as object))
    await fc.assert(
      fc.asyncProperty(calls, async body => {
        const response = await send({ ...operation, body })
        const answer = errorAnswer.parse(await response.json())
        expect([response.status, answer.error.code]).toEqual([400, 'invalid_request'])
      }),
      { numRuns: RUNS },
    )
  }, 60_000)
})

describe('/mcp', () => {
  const post = operations.find(
    ({ path, method }) => path === '/mcp' && method === 'post',
  ) as (typeof operations)[number]
  const call = { path: '/mcp', method: 'post', accept: 'application/json, text/event-stream' }
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

  it.each([
    [200, { body }, {}],
    [202, { body: { jsonrpc: '2.0', method: 'notifications/initialized' } }, {}],
    [400, { body: { ...body, jsonrpc: '1.0' } }, {}],
    [400, { body: '{' }, {}],
    [401, { body }, { authorization: 'Bearer abc.def.ghi' }],
    [403, { body }, { origin: 'https://evil.example' }],
    [406, { body, accept: 'application/json' }, {}],
    [413, { body: JSON.stringify({ ...body, method: 'x'.repeat(300_000) }) }, {}],
    [415, { body }, { 'content-type': 'text/plain' }],
  ])('answers %i as the document says', async (status, wrong, headers) => {
    const response = await send({ ...call, ...wrong }, headers as Record<string, string>)
    expect(response.status).toBe(status)
    expectDescribed(post, response, await response.text())
  })
})
