import { z } from 'zod'
import { refusalAnswer } from '../../../shared/scenario-api.ts'
import { describeMcp } from '../mcp/described.ts'
import type { Endpoint } from './endpoint.ts'

// Made of what the endpoints themselves read and write by, so it cannot say anything else.

type Schema = Record<string, unknown>

/** The OpenAPI 3.1 document of these endpoints, and of the MCP server. */
export function describeApi(endpoints: Endpoint[], version: string) {
  const schemas: Schema = {}
  const named = createNaming(schemas)
  const refusal = named(refusalAnswer, 'Error', 'output')
  const paths: Record<string, Schema> = { '/api/health': { get: HEALTH } }
  for (const each of endpoints) {
    const { method, route, name, summary, schemas: given, perMinute, pending, streams } = each
    paths[route] = {
      ...paths[route],
      [method]: {
        operationId: name,
        summary,
        description: `At most ${perMinute} calls a minute of each user.`,
        parameters: [...parametersIn('path', given.path), ...parametersIn('query', given.query), CORRELATION],
        ...(given.body && {
          requestBody: { required: true, content: json(named(given.body, `${name}Request`, 'input')) },
        }),
        responses: {
          200: {
            description: 'Done.',
            headers: HEADERS,
            content: { ...json(named(given.answer, `${name}Answer`, 'output')), ...(streams && streamOf(streams)) },
          },
          ...(pending && {
            202: {
              description: 'It goes on, or waits for consent: its end will be at Location.',
              headers: { ...HEADERS, location: TEXT },
              content: json(named(pending.schema, 'Pending', 'output')),
            },
          }),
          default: { description: 'It is refused.', headers: HEADERS, content: json(refusal) },
        },
      },
    }
  }
  Object.assign(
    paths,
    describeMcp({
      named,
      json,
      stream: streamOf('Each event is an answer of the protocol.'),
      headers: HEADERS,
      parameters: [CORRELATION],
    }),
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Liverow',
      version,
      description: 'Scenarios with their agents and tools, todos and a chat about them, over HTTP.',
    },
    security: [{ user: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: { user: { type: 'http', scheme: 'bearer', description: 'The token of a signed-in user.' } },
    },
  }
}

const TEXT = { schema: { type: 'string' } }
const HEADERS = { 'x-correlation-id': TEXT }
const CORRELATION = {
  name: 'x-correlation-id',
  in: 'header',
  description: 'By this both sides find the call again; one is made where it is missing.',
  schema: { type: 'string' },
}
const HEALTH = {
  operationId: 'readHealth',
  summary: 'Whether it lives.',
  security: [],
  responses: {
    200: {
      description: 'It does.',
      content: json({
        type: 'object',
        properties: { status: { const: 'ok' }, version: { type: 'string' } },
        required: ['status', 'version'],
      }),
    },
  },
}

function streamOf(description: string) {
  return { 'text/event-stream': { schema: { type: 'string', description } } }
}

function json(schema: Schema) {
  return { 'application/json': { schema } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema, id, ...made } = z.toJSONSchema(schema, { io, reused: 'inline', unrepresentable: 'any' })
  return made
}

function parametersIn(place: 'path' | 'query', schema: z.ZodObject | undefined): Schema[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'output') as {
    properties?: Record<string, Schema & { default?: unknown }>
    required?: string[]
  }
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: place,
    // One with a default is always there when it has been read.
    required: required.includes(name) && each.default === undefined,
    schema: each,
  }))
}

/** Puts each schema among the components, under its own id if it has one, and what it refers to as well. */
function createNaming(components: Schema) {
  return (schema: z.ZodType, fallback: string, io: 'input' | 'output'): Schema => {
    const name = schema.meta()?.id ?? fallback
    const { $defs = {}, ...made } = schemaOf(schema, io) as Schema & { $defs?: Record<string, Schema> }
    const nameOf = (def: string) => (def.startsWith('__') ? `${name}${def.replaceAll('_', '')}` : def)
    const relinked = (part: unknown) =>
      JSON.parse(
        JSON.stringify(part).replaceAll(
          /"#\/\$defs\/(\w+)"/g,
          (_found, def) => `"#/components/schemas/${nameOf(def)}"`,
        ),
      )
    for (const [def, each] of Object.entries($defs)) components[nameOf(def)] = relinked(each)
    components[name] ??= relinked(made)
    return { $ref: `#/components/schemas/${name}` }
  }
}
