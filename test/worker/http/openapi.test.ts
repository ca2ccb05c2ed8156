import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { errorAnswer } from '../../../shared/http.ts'
import { type Components, type Schema, spoilt, valuesOf, wrongWith } from './json-schema.ts'
import { ACME, openScenarioRoom } from './scenario-room.ts'

type Operation = {
  operationId: string
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
  responses: Record<string, { content: Record<string, { schema: Schema }> }>
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
  session_id: [session_id],
  sessionId: [session_id],
  tool: ['find_orders', 'find_slots', 'list_drafts', 'store_draft_content'],
}
const RUNS = 12

type Call = { path: string; method: string; body?: unknown }

// Making values holds this process up for seconds, after which the server ends connections that a call would go over.
const headers = { connection: 'close' }

const send = ({ path, method, body }: Call) =>
  room.ask(path, { url: doors.url, method: method.toUpperCase(), headers, ...(body !== undefined && { body }) })

/** Calls that fit the document. */
function callsOf({ path, method, parameters = [], requestBody }: Operation & Pick<Call, 'path' | 'method'>) {
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
  return fc.tuple(values, bodies).map(([given, body]): Call => {
    const query = new URLSearchParams()
    let filled = path
    for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
      if (path.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)))
      else query.set(name, String(value))
    }
    return { path: query.size > 0 ? `${filled}?${query}` : filled, method, body }
  })
}

describe('the OpenAPI document', () => {
  it('has each endpoint', () => {
    expect(described.openapi).toBe('3.1.0')
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'get /api/health',
      'get /api/scenarios',
      'get /api/scenarios/{id}',
      'get /api/sdk/session/transcript',
      'get /api/session',
      'get /api/session2',
      'get /api/tasks/{id}',
      'post /api/agent/run',
      'post /api/context/snapshot',
      'post /api/moderate',
      'post /api/orchestrate',
      'post /api/responses',
      'post /api/sdk/session/create',
      'post /api/sdk/session/message',
      'post /api/tools/execute',
    ])
    expect(JSON.stringify(described)).not.toContain('$defs')
  })
})

describe.each(operations)('$method $path', operation => {
  it('answers what fits the document as the document says, without a key in it', async () => {
    await fc.assert(
      fc.asyncProperty(callsOf(operation), async call => {
        const response = await send(call)
        const text = await response.text()
        expect(response.status, text).toBeLessThan(500)
        expect(response.headers.get('x-correlation-id')).toMatch(/./)
        const { content } = operation.responses[response.status] ?? operation.responses.default ?? {}
        const type = response.headers.get('content-type')?.split(';')[0] ?? ''
        const schema = content?.[type]?.schema
        expect(schema, `${response.status} as ${type}`).toBeDefined()
        if (schema && type === 'application/json')
          expect(wrongWith(JSON.parse(text), schema, components)).toBeUndefined()
        for (const secret of [room.serviceKey, room.brain.key, room.jwtSecret]) expect(text).not.toContain(secret)
      }),
      { numRuns: operation.parameters ? RUNS : 1 },
    )
  }, 120_000)
})

describe.each(operations.filter(each => each.requestBody))('$method $path', operation => {
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
