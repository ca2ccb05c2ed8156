import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type ChatCompletionRequest, createServer, type Fixture, type StreamingProfile } from '@copilotkit/aimock'
import { type Answer, answerTo, responseOf } from './brain/answer.ts'
import { type Call, createCallLog } from './brain/calls.ts'
import type { Manner } from './brain/directives.ts'
import { createModeration } from './brain/moderation.ts'
import { createRealtimeVoice } from './brain/realtime/server.ts'
import { wordsOf } from './brain/realtime/sound.ts'
import type { Script } from './brain/script.ts'
import { SCRIPTS } from './brain/scripts/index.ts'

/** Milliseconds to the first piece and pieces of twenty characters a second: as a person reads, or as fast as it goes. */
const PACES = { human: { ttft: 300, tps: 25, jitter: 0.2 }, slow: { ttft: 100, tps: 4 }, instant: undefined }

/** Of what is spoken, pieces of a few words. */
const SPOKEN = { firstMs: 300, pieceMs: 120 }
const AT_ONCE = { firstMs: 0, pieceMs: 0 }

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
  /** Breaks the lines of all calls under way, as a network does. */
  hangUp: () => void
  stop: () => Promise<void>
}

type Options = {
  port?: number
  pace?: 'human' | 'instant' | StreamingProfile
  /** These come before the ones of the demo. */
  scripts?: Script[]
  /** What it takes so many seconds of speech for: it understands none. */
  hears?: (seconds: number) => string
}

/**
 * The demo model: an OpenAI-compatible server on loopback that acts out scripts instead of thinking, one for each agent
 * (brain/scripts/). What it answers follows from the request alone, except for directives with `once`. Prompts to any
 * agent may carry directives: brain/directives.ts.
 */
export async function startBrain(options: Options = {}): Promise<Brain> {
  const { port = 0, pace = 'human', scripts = [], hears = wordsOf } = options
  const key = randomBytes(24).toString('base64url')
  const log = createCallLog()
  const moderation = createModeration()
  const answers = createAnswers([...scripts, ...SCRIPTS], log)
  const voice = createRealtimeVoice({ key, hears, answer: answers.give, pace: pace === 'human' ? SPOKEN : AT_ONCE })
  const { server, url } = await createServer(
    fixtures(answers, typeof pace === 'string' ? PACES[pace] : pace),
    // aimock would keep whole conversations in its journal; ours is the log.
    { host: '127.0.0.1', port, journalMaxEntries: 10, auth: { apiKeys: [key] } },
    [
      { path: '/v1/moderations', handler: moderation },
      { path: '/v1/realtime/client_secrets', handler: voice.secrets },
    ],
  )
  takeCalls(server, voice.handleUpgrade)
  return {
    url: `${url}/v1`,
    key,
    calls: log.total,
    callLog: log.list,
    repeats: log.repeats,
    moderations: moderation.calls,
    hangUp: voice.stop,
    async stop() {
      voice.stop()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

type Upgrade = Parameters<ReturnType<typeof createRealtimeVoice>['handleUpgrade']>

/** Lets ours look at each socket before aimock does, which would ask for a key in a header. */
function takeCalls(server: Server, take: (...socket: Upgrade) => boolean): void {
  const others = server.listeners('upgrade')
  server.removeAllListeners('upgrade')
  server.on('upgrade', (...socket: Upgrade) => {
    if (!take(...socket)) for (const other of others) other.apply(server, socket)
  })
}

/** How an answer comes is a matter of the fixture, so there is one for each manner. */
function fixtures(answers: Answers, pace?: StreamingProfile): Fixture[] {
  const inManner = (manner: Manner, settings: Partial<Fixture>): Fixture => ({
    match: { predicate: request => answers.of(request).manner === manner },
    response: request => responseOf(answers.give(request).reply, request),
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

type Answers = ReturnType<typeof createAnswers>

/** Each request is answered once, however many fixtures ask. */
function createAnswers(scripts: Script[], log: ReturnType<typeof createCallLog>) {
  const answers = new WeakMap<ChatCompletionRequest, Answer>()
  const seen = new Set<string>()
  const of = (request: ChatCompletionRequest): Answer => {
    const found = answers.get(request)
    if (found) return found
    const answer = answerTo(request, scripts, prompt => !seen.has(prompt) && Boolean(seen.add(prompt)))
    answers.set(request, answer)
    return answer
  }
  return {
    of,
    /** The answer to a call, which is noted. */
    give(request: ChatCompletionRequest): Answer {
      const answer = of(request)
      log.add(request, answer)
      return answer
    },
  }
}
