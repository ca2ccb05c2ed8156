import { z } from 'zod'
import { refusalAnswer } from '../../../shared/scenario-api.ts'
import { todoInputs } from '../../../shared/todos.ts'
import { TODO_CALLS_PER_MINUTE } from './route.ts'

// `/mcp` for the OpenAPI document. The protocol is MCP's own; what is here is what a client of it sends and gets.

const call = z.strictObject({ jsonrpc: z.literal('2.0'), id: z.union([z.int(), z.string()]) })

const toolCalls = Object.entries(todoInputs).map(([name, input]) =>
  call.extend({
    method: z.literal('tools/call'),
    params: z.object({ name: z.literal(name), arguments: input }),
  }),
)

const mcpRequest = z
  .union([
    call.extend({
      method: z.literal('initialize'),
      params: z.object({
        protocolVersion: z.string(),
        capabilities: z.object({}),
        clientInfo: z.object({ name: z.string(), version: z.string() }),
      }),
    }),
    call.omit({ id: true }).extend({ method: z.literal('notifications/initialized') }),
    call.extend({ method: z.literal('ping') }),
    call.extend({ method: z.literal('tools/list') }),
    ...toolCalls,
  ])
  .meta({ id: 'McpRequest' })

const failure = z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() })

/** What a call comes to; without it, what was sent could not be understood as one. */
const mcpRefusal = z
  .object({
    jsonrpc: z.literal('2.0'),
    id: z.union([z.number(), z.string()]).nullable(),
    error: failure,
  })
  .meta({ id: 'McpRefusal' })

const mcpAnswer = z
  .union([
    z.object({
      jsonrpc: z.literal('2.0'),
      id: z.union([z.int(), z.string()]),
      result: z.record(z.string(), z.unknown()),
    }),
    mcpRefusal,
  ])
  .meta({ id: 'McpAnswer' })

type Schema = Record<string, unknown>

type Parts = {
  /** Puts a schema among the components. */
  named: (schema: z.ZodType, fallback: string, io: 'input' | 'output') => Schema
  json: (schema: Schema) => object
  stream: object
  headers: object
  parameters: object[]
}

/** The paths of the MCP server. */
export function describeMcp({ named, json, stream, headers, parameters }: Parts) {
  const answers = (content: object) => (description: string) => ({ description, headers, content })
  const inProtocol = answers(json(named(mcpRefusal, 'McpRefusal', 'output')))
  const before = answers(json(named(refusalAnswer, 'Error', 'output')))
  const answer = json(named(mcpAnswer, 'McpAnswer', 'output'))
  const refusals = {
    401: before('Nobody is signed in by this token.'),
    403: inProtocol('By this name, or from this page, the server may not be called.'),
    429: before('It was called too often: come back after Retry-After.'),
    503: before('The worker cannot act for users, or the project cannot be reached.'),
  }
  const closed = (operationId: string, summary: string) => ({
    operationId,
    summary,
    parameters,
    responses: { ...refusals, 405: inProtocol('There is no stream and no session: each call stands alone.') },
  })
  return {
    '/mcp': {
      post: {
        operationId: 'callMcp',
        summary: 'The todos as an MCP server (streamable HTTP, without sessions).',
        description: `Accept must name both application/json and text/event-stream. At most ${TODO_CALLS_PER_MINUTE} calls a minute of each user.`,
        parameters,
        requestBody: { required: true, content: json(named(mcpRequest, 'McpRequest', 'input')) },
        responses: {
          200: {
            description: 'The answer to a call.',
            headers,
            content: { ...answer, ...stream },
          },
          202: { description: 'A notification was taken: there is nothing to answer.', headers },
          ...refusals,
          400: inProtocol('This is no message of the protocol.'),
          406: inProtocol('Accept does not name both types.'),
          413: inProtocol('The body is too large.'),
          415: inProtocol('The body is no JSON by its type.'),
        },
      },
      get: closed('openMcpStream', 'None is offered: a client that asks is told so.'),
      delete: closed('endMcpSession', 'There is none to end.'),
    },
  }
}
