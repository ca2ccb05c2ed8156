import type { ModelRequest } from '@openai/agents'
import { calcPrice } from '@pydantic/genai-prices'

/** What the operator says that models cost, in USD per million tokens. They go before the bundled table. */
export type ModelPrices = Record<string, { input: number; cached?: number | undefined; output: number }>

/** What one model call took; the cached tokens are a part of the input. */
export type CallUsage = { inputTokens: number; cachedTokens: number; outputTokens: number }

const NOTHING: CallUsage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }
const CHARACTERS_A_TOKEN = 4
/** What an answer is taken for when nothing says how long it may be. */
const USUAL_ANSWER_TOKENS = 1_000

/**
 * What a model call cost, in USD: by the own prices, else by a table that is bundled and looked up offline. Null when no
 * price is known.
 */
export function costOf(model: string, usage: CallUsage, own: ModelPrices): number | null {
  const input = count(usage.inputTokens)
  const output = count(usage.outputTokens)
  const cached = Math.min(count(usage.cachedTokens), input)
  const price = Object.hasOwn(own, model) ? own[model] : undefined
  const cost = price
    ? ((input - cached) * price.input + cached * (price.cached ?? price.input) + output * price.output) / 1e6
    : fromTable(model, { input_tokens: input, cache_read_tokens: cached, output_tokens: output })
  // As many places as the database keeps.
  return cost === null ? null : Math.round(cost * 1e8) / 1e8
}

/** Tells whether a call of this model can be priced. */
export function isPriced(model: string, own: ModelPrices): boolean {
  return costOf(model, NOTHING, own) !== null
}

/** About how many tokens a call will need: for the rate limit, which is corrected when the call is done. */
export function estimateTokens(request: Pick<ModelRequest, 'systemInstructions' | 'input' | 'modelSettings'>): number {
  const { systemInstructions = '', input, modelSettings } = request
  const characters = systemInstructions.length + (typeof input === 'string' ? input : textOf(input)).length
  return Math.ceil(characters / CHARACTERS_A_TOKEN) + (modelSettings.maxTokens ?? USUAL_ANSWER_TOKENS)
}

/** Files within the input are not text. */
function textOf(items: object): string {
  return JSON.stringify(items, (_key, part) => (typeof part === 'string' && part.startsWith('data:') ? '' : part))
}

function fromTable(model: string, usage: Record<string, number>): number | null {
  try {
    return calcPrice(usage, model)?.total_price ?? null
  } catch {
    // The table has models whose price it cannot work out from tokens. A call that was paid for must not fail by that.
    return null
  }
}

/** Providers write these numbers. */
function count(tokens: number): number {
  return Number.isFinite(tokens) ? Math.max(tokens, 0) : 0
}
