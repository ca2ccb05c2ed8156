import { type ModelProvider, OpenAIProvider } from '@openai/agents'
import OpenAI from 'openai'
import type { Config } from '../config.ts'

/**
 * The models of OpenAI or of any compatible server. Retries are ours alone (durable-model.ts), so the client makes none.
 */
export function createModels(model: Config['model']): ModelProvider {
  return new OpenAIProvider({ openAIClient: createClient(model), useResponses: model.api === 'responses' })
}

/** The provider's client. */
export function createClient(model: Config['model']): OpenAI {
  return new OpenAI({
    apiKey: model.apiKey,
    baseURL: model.baseUrl ?? null,
    maxRetries: 0,
    timeout: model.timeoutSeconds * 1000,
    // It would print what it cannot parse: that is model output, and logs hold none.
    logLevel: 'off',
  })
}
