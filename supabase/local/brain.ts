import { randomBytes } from 'node:crypto'
import { type ChatCompletionRequest, type Fixture, LLMock, type StreamingProfile } from '@copilotkit/aimock'
import { type Answer, answerTo, responseOf } from './brain/answer.ts'
import { type Call, createCallLog } from './brain/calls.ts'
import type { Manner } from './brain/directives.ts'
import { createModeration } from './brain/moderation.ts'
import type { Script } from './brain/script.ts'
import { SCRIPTS } from './brain/scripts/index.ts'

/** Milliseconds to the first piece and pieces of twenty characters a second: as a person reads, or as fast as it goes. */
const PACES = { human: { ttft: 300, tps: 25, jitter: 0.2 }, slow: { ttft: 100, tps: 4 }, instant: undefined }

export type Brain = {
  /** An OpenAI base URL, ending in /v1. */
  url: string
  /** Without it nothing is answered: any web page could ask a server on loopback, and read its journal. */
  key: string
  /** Model calls so far, the failed ones included. */
  calls: () => number
  /** The latest of them, the newest last. */
  callLog: () => readonly Call[]
  /** How many of them asked what had been asked before, word for word (see `Call`). */
  repeats: () => number
  /** Moderation calls so far. */
  moderations: () => number
  stop: () => Promise<void>
}

type Options = {
  port?: number
  pace?: 'human' | 'instant' | StreamingProfile
  /** These come before the ones of the demo. */
  scripts?: Script[]
}

/**
 * The demo model: an OpenAI-compatible server on loopback that acts out scripts instead of thinking, one for each agent
 * (brain/scripts/). What it answers follows from the request alone, except for directives with `once`. Prompts to any
 * agent may carry directives: brain/directives.ts.
 */
export async function startBrain({ port = 0, pace = 'human', scripts = [] }: Options = {}): Promise<Brain> {
  const key = randomBytes(24).toString('base64url')
  // aimock would keep whole conversations in its journal; ours is the log.
  const server = new LLMock({ host: '127.0.0.1', port, journalMaxEntries: 10, auth: { apiKeys: [key] } })
  const log = createCallLog()
  const moderation = createModeration()
  server.mount('/v1/moderations', moderation)
  server.addFixtures(fixtures([...scripts, ...SCRIPTS], log, typeof pace === 'string' ? PACES[pace] : pace))
  const url = await server.start()
  return {
    url: `${url}/v1`,
    key,
    calls: log.total,
    callLog: log.list,
    repeats: log.repeats,
    moderations: moderation.calls,
    stop: () => server.stop(),
  }
}

/** How an answer comes is a matter of the fixture, so there is one for each manner. */
function fixtures(scripts: Script[], log: ReturnType<typeof createCallLog>, pace?: StreamingProfile): Fixture[] {
  const answers = createAnswers(scripts)
  const respond = (request: ChatCompletionRequest) => {
    const answer = answers.of(request)
    log.add(request, answer)
    return responseOf(answer.reply, request)
  }
  const inManner = (manner: Manner, settings: Partial<Fixture>): Fixture => ({
    match: { predicate: request => answers.of(request).manner === manner },
    response: respond,
    ...settings,
  })
  return [
    inManner('silent', { latency: 3_600_000 }),
    inManner('slow', { streamingProfile: PACES.slow }),
    // The seventh event is the first that can end an answer, of a tool call without arguments.
    inManner('broken', { streamingProfile: { ttft: 0, tps: 100 }, truncateAfterChunks: 6 }),
    inManner('usual', pace ? { streamingProfile: pace } : {}),
  ]
}

/** Each request is answered once, however many fixtures ask. */
function createAnswers(scripts: Script[]) {
  const answers = new WeakMap<ChatCompletionRequest, Answer>()
  const seen = new Set<string>()
  return {
    of(request: ChatCompletionRequest): Answer {
      const found = answers.get(request)
      if (found) return found
      const answer = answerTo(request, scripts, prompt => !seen.has(prompt) && Boolean(seen.add(prompt)))
      answers.set(request, answer)
      return answer
    },
  }
}
