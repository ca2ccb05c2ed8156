import { randomBytes } from 'node:crypto'
import {
  type ChatCompletionRequest,
  type ChatMessage,
  type Fixture,
  type FixtureResponse,
  LLMock,
} from '@copilotkit/aimock'
import { LONG_TEXT, WHO_I_AM } from './brain-texts.ts'

/** Words a second and the pause before the first: as a person reads, or as fast as it goes (tests, benchmarks). */
const PACES = { human: { ttft: 300, tps: 25, jitter: 0.2 }, slow: { ttft: 100, tps: 4 }, instant: undefined }

export type Brain = {
  /** An OpenAI base URL, ending in /v1. */
  url: string
  /** Without it nothing is answered: any web page could ask a server on loopback, and read its journal. */
  key: string
  /** Model calls so far, the failed ones included. */
  calls: () => number
  stop: () => Promise<void>
}

/**
 * The demo model: an OpenAI-compatible server on loopback that acts by rules instead of thinking. It calls the
 * assistant's tools where a question asks for them and says what it is everywhere else. For tests and demonstrations
 * a prompt may carry one directive:
 *
 * `!fail 429` answers with that HTTP status · `!fail once 500` does so the first time · `!drop once` breaks off in mid-answer
 * the first time · `!refuse` declines · `!silent` never answers · `!slow` answers slowly
 */
export async function startBrain(options: { port?: number; pace?: 'human' | 'instant' } = {}): Promise<Brain> {
  const pace = PACES[options.pace ?? 'human']
  const key = randomBytes(24).toString('base64url')
  const auth = { apiKeys: [key] }
  const server = new LLMock({ host: '127.0.0.1', port: options.port ?? 0, journalMaxEntries: 1_000, auth })
  let calls = 0
  const seen = new Set<string>()
  /** True the first time that a prompt comes by. */
  const isFirst = (request: ChatCompletionRequest) => {
    const prompt = promptOf(request)
    return !seen.has(prompt) && Boolean(seen.add(prompt))
  }
  const respond = (decide: (request: ChatCompletionRequest) => FixtureResponse) => (request: ChatCompletionRequest) => {
    calls += 1
    const response = decide(request)
    return { ...response, usage: { input_tokens: tokens(request.messages), output_tokens: tokens(response) } }
  }
  const rule = (word: string, decide: (r: ChatCompletionRequest) => FixtureResponse, more: Partial<Fixture> = {}) => ({
    match: { predicate: (request: ChatCompletionRequest) => promptOf(request).includes(word) },
    response: respond(decide),
    ...(pace && { streamingProfile: pace }),
    ...more,
  })

  server.addFixtures([
    rule('!silent', answer, { latency: 3_600_000 }),
    rule('!refuse', () => failure(400, 'content_policy_violation')),
    rule('!slow', answer, { streamingProfile: PACES.slow }),
    rule('!fail once', request => (isFirst(request) ? failure(statusIn(request)) : answer(request))),
    rule('!fail', request => failure(statusIn(request))),
    {
      match: { predicate: request => promptOf(request).includes('!drop once') && isFirst(request) },
      response: respond(answer),
      streamingProfile: { ttft: 0, tps: 100 },
      truncateAfterChunks: 12,
    },
    rule('', answer),
  ])
  const url = await server.start()
  return { url: `${url}/v1`, key, calls: () => calls, stop: () => server.stop() }
}

/** One turn: a tool call if the question asks for one, else text; after a tool's result, a sentence with it. */
function answer(request: ChatCompletionRequest): FixtureResponse {
  const result = request.messages.at(-1)
  if (result?.role === 'tool') return { content: report(nameOfTool(request, result), textOf(result)) }
  const prompt = promptOf(request)
  const expression = prompt.match(/[\d(][\d\s.,+\-*/^()]*[+\-*/^][\d\s.,+\-*/^()]*[\d)]/)?.[0]
  if (expression) return callTool('calculate', { expression: expression.replaceAll(',', '') })
  if (/\b(time|date|day is it|clock)\b/i.test(prompt)) return callTool('current_time', { timeZone: timeZoneIn(prompt) })
  if (/\b(did i ask|my (last|recent|previous|latest)|asked before)\b/i.test(prompt)) {
    return callTool('recent_tasks', { limit: 5 })
  }
  if (/\b(how does|explain|long|story|tell me)\b/i.test(prompt)) return { content: LONG_TEXT }
  return { content: WHO_I_AM }
}

function report(tool: string, output: string): string {
  if (tool === 'calculate') return `The result is **${output}**.`
  if (tool === 'current_time') return `It is **${output}**.`
  const tasks: unknown = JSON.parse(output)
  if (!Array.isArray(tasks) || tasks.length === 0) return 'You have not asked anything before this.'
  return `You asked, the latest first:\n\n${tasks.map(task => `- ${task.prompt} (${task.status})`).join('\n')}`
}

function callTool(name: string, args: object): FixtureResponse {
  // A provider makes call ids unique; a journal that lives across restarts needs the same of us.
  return { toolCalls: [{ name, arguments: JSON.stringify(args), id: `call_${crypto.randomUUID().slice(0, 12)}` }] }
}

function failure(status: number, code?: string): FixtureResponse {
  const message = 'The demo model fails because the prompt told it to.'
  return { error: { message, type: 'demo_error', ...(code && { code }) }, status, retryAfter: 0 }
}

function statusIn(request: ChatCompletionRequest): number {
  return Number(promptOf(request).match(/!fail (?:once )?(\d{3})/)?.[1] ?? 500)
}

function timeZoneIn(prompt: string): string {
  const zones = {
    berlin: 'Europe/Berlin',
    london: 'Europe/London',
    paris: 'Europe/Paris',
    'new york': 'America/New_York',
  }
  const more = {
    tokyo: 'Asia/Tokyo',
    sydney: 'Australia/Sydney',
    delhi: 'Asia/Kolkata',
    'san francisco': 'America/Los_Angeles',
  }
  return Object.entries({ ...zones, ...more }).find(([city]) => prompt.toLowerCase().includes(city))?.[1] ?? 'UTC'
}

/** About four characters a token, as a rule of thumb. */
function tokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4)
}

function promptOf(request: ChatCompletionRequest): string {
  return textOf(request.messages.findLast(message => message.role === 'user'))
}

function nameOfTool(request: ChatCompletionRequest, result: ChatMessage): string {
  const calls = request.messages.flatMap(message => message.tool_calls ?? [])
  return calls.find(call => call.id === result.tool_call_id)?.function.name ?? ''
}

function textOf(message: ChatMessage | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  return content?.map(part => part.text ?? '').join('') ?? ''
}
