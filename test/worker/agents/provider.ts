import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** What the model answers with: text, tool calls, or something broken that the test writes itself. */
type Reply = { text?: string; calls?: { name: string; args: string; id?: string }[]; refusal?: string }
export type Answering = Reply | ((response: ServerResponse, request: IncomingMessage) => unknown)

export type Provider = {
  /** An OpenAI base URL, ending in /v1. */
  url: string
  /** The bodies of the calls so far. */
  calls: Record<string, unknown>[]
  stop: () => Promise<void>
}

/**
 * A model provider in the test's hands, for what no honest one does: answers are given in turn, the last one again and
 * again. It speaks the stream of the Responses API.
 */
export async function startProvider(...answers: Answering[]): Promise<Provider> {
  const calls: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)] ?? {}
    calls.push(JSON.parse((await text(request)) || '{}'))
    if (typeof answer === 'function') return void answer(response, request)
    reply(response, answer, calls.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`,
    calls,
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export function sendHead(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}

export function send(response: ServerResponse, event: { type: string }): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

export function fail(status: number, headers: Record<string, string> = {}, error: object = { message: 'No.' }) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify({ error }))
  }
}

/** The first part of an answer: its text so far. */
export function begin(response: ServerResponse, ...texts: string[]): void {
  sendHead(response)
  send(response, { type: 'response.created', response: shell('in_progress', [], 1) } as { type: string })
  for (const delta of texts) send(response, textDelta(delta))
}

/** A whole answer. @param n tells its ids from those of others. */
export function reply(response: ServerResponse, answer: Reply, n: number): void {
  sendHead(response)
  for (const event of eventsOf(answer, n)) send(response, event)
  response.end()
}

/** The end of an answer that is this text. */
export function complete(response: ServerResponse, text: string): void {
  send(response, { type: 'response.completed', response: shell('completed', messageOf({ text }, 1), 1) } as {
    type: string
  })
  response.end()
}

export function textDelta(delta: string): { type: string } {
  return { type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta } as {
    type: string
  }
}

function eventsOf(reply: Reply, n: number): { type: string }[] {
  const output = [...messageOf(reply, n), ...callsOf(reply, n)]
  const words = reply.text?.split(/(?<= )/) ?? []
  return [
    { type: 'response.created', response: shell('in_progress', [], n) },
    ...words.map(textDelta),
    ...output.map((item, index) => ({ type: 'response.output_item.done', output_index: index, item })),
    { type: 'response.completed', response: shell('completed', output, n) },
  ] as { type: string }[]
}

function messageOf({ text, refusal }: Reply, n: number) {
  const content = [
    ...(text === undefined ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }]),
    ...(refusal === undefined ? [] : [{ type: 'refusal', refusal }]),
  ]
  return content.length > 0 ? [{ type: 'message', id: `m${n}`, role: 'assistant', status: 'completed', content }] : []
}

function callsOf({ calls = [] }: Reply, n: number) {
  return calls.map(({ name, args, id }, index) => {
    const call_id = id ?? `call_${n}_${index}`
    return { type: 'function_call', id: `fc_${n}_${index}`, call_id, name, arguments: args, status: 'completed' }
  })
}

function shell(status: string, output: object[], n: number) {
  const details = { input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } }
  const usage = status === 'completed' ? { input_tokens: 10, output_tokens: 5, total_tokens: 15, ...details } : null
  return {
    id: `resp_${n}`,
    object: 'response',
    created_at: 1,
    model: 'm',
    status,
    output,
    usage,
    error: null,
    tools: [],
  }
}
