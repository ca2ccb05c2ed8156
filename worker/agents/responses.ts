import type OpenAI from 'openai'
import type { Json } from '../../shared/database.types.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import { TaskError } from '../errors.ts'
import { admitApiCall } from './api-admission.ts'
import { providerFault } from './faults.ts'
import { createClient } from './models.ts'
import { costOf, estimateTokens, isPriced } from './prices.ts'

type Params = OpenAI.Responses.ResponseCreateParamsStreaming
type Event = OpenAI.Responses.ResponseStreamEvent

/** What a user may ask of a model; the rest of the parameters goes along as it is. */
type Wish = {
  model: string
  input: string | { role: 'user' | 'assistant' | 'developer'; content: string }[]
  max_output_tokens: number
  instructions?: string | undefined
}

/**
 * Model calls for users, without a task: admitted and counted as those of tasks are, and kept by no provider. The events are
 * those of the Responses API.
 *
 * @throws TaskError `budget_exhausted`, `rate_limited`, `not_configured`, and as the provider fails
 */
export function createResponses(model: Config['model'], db: Pick<Db, 'call'>) {
  const client = createClient(model)
  return async function* respond(userId: string, wish: Wish, signal: AbortSignal): AsyncGenerator<Event> {
    if (model.api !== 'responses') throw new TaskError('not_configured', 'The model provider has no Responses API.')
    const call = { p_user: userId, p_call: crypto.randomUUID() }
    const name = wish.model
    const reserved = await admit(wish, call)
    let usage = {
      inputTokens: reserved - wish.max_output_tokens,
      cachedTokens: 0,
      outputTokens: wish.max_output_tokens,
    }
    let isCounted = true
    try {
      const events = await client.responses.create({ ...wish, store: false, stream: true } as Params, { signal })
      // From here on it is paid for, however it ends.
      isCounted = false
      for await (const event of events) {
        if ('response' in event && event.response.usage) usage = usageOf(event.response.usage)
        yield event
      }
    } catch (error) {
      throw signal.aborted ? error : providerFault(error)
    } finally {
      if (!isCounted) {
        const step = { name, usage, reserved, cost: costOf(name, usage, model.prices) }
        await db.call('count_api_call', { ...call, p_step: step as Json })
      }
    }
  }

  /** → the tokens that it is expected to take. */
  async function admit(wish: Wish, call: { p_user: string; p_call: string }): Promise<number> {
    const name = wish.model
    const reserved = estimateTokens({
      systemInstructions: wish.instructions ?? '',
      input: JSON.stringify(wish.input),
      modelSettings: { maxTokens: wish.max_output_tokens },
    })
    await admitApiCall(db, {
      userId: call.p_user,
      id: call.p_call,
      model: name,
      tokens: reserved,
      isPriced: isPriced(name, model.prices),
    })
    return reserved
  }
}

function usageOf(usage: OpenAI.Responses.ResponseUsage) {
  return {
    inputTokens: usage.input_tokens,
    cachedTokens: usage.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.output_tokens,
  }
}
