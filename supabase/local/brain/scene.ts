import type { ChatCompletionRequest, ChatMessage } from '@copilotkit/aimock'
import { withoutDirectives } from './directives.ts'

/** A finished tool call. */
export type Result = { tool: string; args: Record<string, unknown>; output: string }

/** What a script sees of a request: all that its answer may depend on. */
export type Scene = {
  instructions: string
  /** What the user said last, without directives. */
  prompt: string
  /** The model's answers since then; 0 for the first. */
  turn: number
  /** What the tool has returned since then, in the order of the results. */
  results: (tool: string) => Result[]
  /** The same of the time before. */
  earlier: (tool: string) => Result[]
  /** What the user and the model said before, the latest last. */
  said: { prompts: string[]; answers: string[] }
  offers: (tool: string) => boolean
}

export function sceneOf(request: ChatCompletionRequest): Scene {
  const { messages } = request
  const border = messages.findLastIndex(isPrompt)
  const [before, since] = [messages.slice(0, Math.max(border, 0)), messages.slice(border + 1)]
  const [past, present] = [resultsIn(before), resultsIn(since)]
  return {
    instructions: textsOf(messages.filter(({ role }) => role === 'system')).join('\n'),
    prompt: withoutDirectives(rawPromptOf(request)),
    turn: since.filter((message, index) => isAnswer(message) && !isAnswer(since[index - 1])).length,
    results: tool => present.filter(result => result.tool === tool),
    earlier: tool => past.filter(result => result.tool === tool),
    said: {
      prompts: textsOf(before.filter(isPrompt)).map(withoutDirectives),
      answers: textsOf(before.filter(isAnswer)).filter(Boolean),
    },
    offers: tool => request.tools?.some(offered => offered.function.name === tool) ?? false,
  }
}

/** What the user said last, word for word. */
export function rawPromptOf({ messages }: ChatCompletionRequest): string {
  return textOf(messages.findLast(isPrompt))
}

function resultsIn(messages: ChatMessage[]): Result[] {
  const calls = messages.flatMap(message => message.tool_calls ?? [])
  return messages.flatMap(message => {
    const call = calls.find(({ id }) => message.role === 'tool' && id === message.tool_call_id)
    if (!call) return []
    return { tool: call.function.name, args: argumentsOf(call.function.arguments), output: textOf(message) }
  })
}

/** A real model may have written what is no JSON; the SDK keeps that in the conversation. */
function argumentsOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text || '{}') as Record<string, unknown>
  } catch {
    return {}
  }
}

function isPrompt(message: ChatMessage): boolean {
  return message.role === 'user'
}

/** The calls of one answer are messages in a row. */
function isAnswer(message: ChatMessage | undefined): boolean {
  return message?.role === 'assistant'
}

function textsOf(messages: ChatMessage[]): string[] {
  return messages.map(textOf)
}

function textOf(message: ChatMessage | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  return content?.map(part => part.text ?? '').join('') ?? ''
}
