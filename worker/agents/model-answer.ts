import { type AgentOutputItem, type StreamEvent, Usage } from '@openai/agents'

/** What a model has answered, as the SDK streams it at the end and the journal keeps it. */
export type Answer = Extract<StreamEvent, { type: 'response_done' }>['response']

/** The tools and handoffs that it calls. */
export function callsOf({ output }: Answer) {
  return output.filter(item => item.type === 'function_call')
}

/** Tells whether the arguments of a call can be read. */
export function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** Its tokens, as the journal keeps them. */
export function usageOf({ usage }: Answer) {
  const { inputTokens, outputTokens, totalTokens } = usage
  const details = [usage.inputTokensDetails ?? []].flat()
  const cachedTokens = details.reduce((sum, { cached_tokens = 0 }) => sum + cached_tokens, 0)
  return { requests: 1, inputTokens, cachedTokens, outputTokens, totalTokens }
}

/** All that it says to a reader. */
export function textOf(response: Answer): string {
  const texts = response.output.flatMap(item =>
    item.type === 'message' && item.role === 'assistant'
      ? item.content.map(part => (part.type === 'output_text' ? part.text : ''))
      : [],
  )
  return texts.join('')
}

/** The same for agents that do not stream. */
export function responseOf({ id, output, usage: { inputTokens, outputTokens, totalTokens } }: Answer) {
  const usage = new Usage({ requests: 1, inputTokens, outputTokens, totalTokens })
  return { responseId: id, output: output as AgentOutputItem[], usage }
}
