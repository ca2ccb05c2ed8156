import { text } from 'node:stream/consumers'
import type { Mountable } from '@copilotkit/aimock'

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
]

/**
 * `/v1/moderations`: objects to texts with `!flag` in them, or `!flag hate` for a category of one's choice.
 *
 * aimock has one of its own, which gives one result for any number of texts; OpenAI gives one for each.
 */
export function createModeration(): Mountable & { calls: () => number } {
  let calls = 0
  return {
    calls: () => calls,
    handleRequest: async (request, response) => {
      calls += 1
      const texts = textsIn(await text(request))
      response.writeHead(texts ? 200 : 400, { 'content-type': 'application/json' })
      response.end(JSON.stringify(texts ? answer(texts) : REFUSAL))
      return true
    },
  }
}

const REFUSAL = { error: { message: 'Give input: a text or a list of texts.', type: 'invalid_request_error' } }

function textsIn(body: string): string[] | undefined {
  const { input }: { input?: unknown } = parsed(body) ?? {}
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input) || input.length === 0) return undefined
  if (input.every(each => typeof each === 'string')) return input
  // Parts of one message, images among them, make one result.
  return [input.map(part => part?.text ?? '').join(' ')]
}

function parsed(body: string): object | undefined {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function answer(texts: string[]) {
  return { id: `modr-${crypto.randomUUID()}`, model: 'omni-moderation-latest', results: texts.map(resultOf) }
}

function resultOf(given: string) {
  const flag = given.match(/!flag(?: ([\w/-]+))?/)
  const named = CATEGORIES.find(category => category === flag?.[1]) ?? 'violence'
  const isHit = (category: string) => Boolean(flag) && category === named
  return {
    flagged: Boolean(flag),
    categories: each(isHit),
    category_scores: each(category => (isHit(category) ? 0.98 : 0.0001)),
    category_applied_input_types: each(() => ['text']),
  }
}

function each<T>(verdict: (category: string) => T): Record<string, T> {
  return Object.fromEntries(CATEGORIES.map(category => [category, verdict(category)]))
}
