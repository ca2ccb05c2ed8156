import type { ChatCompletionRequest, FixtureResponse } from '@copilotkit/aimock'
import { type Manner, ordersIn } from './directives.ts'
import { rawPromptOf, sceneOf } from './scene.ts'
import type { Failure, Reply, Script } from './script.ts'

export type Answer = { agent: string; prompt: string; manner: Manner; reply: Reply }

/** What the first fitting script does with a request, unless its prompt orders something else. */
export function answerTo(
  request: ChatCompletionRequest,
  scripts: Script[],
  isFirst: (prompt: string) => boolean,
): Answer {
  const scene = sceneOf(request)
  const script = scripts.find(({ agent }) => agent.test(scene.instructions))
  if (!script) throw new Error('No script fits, not even the last one.')
  const prompt = rawPromptOf(request)
  const { manner, reply } = ordersIn(prompt, () => isFirst(prompt))
  return { agent: script.name, prompt, manner, reply: reply ?? script.turn(scene) }
}

/** The reply as aimock takes it, with what it cost. */
export function responseOf(reply: Reply, request: ChatCompletionRequest): FixtureResponse {
  if (isFailure(reply)) return failure(reply)
  const parts = [reply].flat()
  const content = parts.flatMap(part => ('text' in part ? [part.text] : [])).join('')
  const toolCalls = parts.flatMap(part => ('tool' in part ? [toolCall(part)] : []))
  const usage = { input_tokens: tokens(request.messages), output_tokens: tokens([content, toolCalls]) }
  if (toolCalls.length === 0) return { content, usage }
  return { ...(content && { content }), toolCalls, usage }
}

function isFailure(reply: Reply): reply is Failure {
  return 'status' in reply
}

/** A provider makes call ids unique; a journal that lives across restarts needs the same of us. */
function toolCall({ tool, args }: { tool: string; args: object }) {
  return { name: tool, arguments: JSON.stringify(args), id: `call_${crypto.randomUUID().slice(0, 18)}` }
}

function failure({ status, code }: Failure): FixtureResponse {
  const message = 'The demo model fails because it was told to.'
  return { error: { message, type: 'demo_error', ...(code && { code }) }, status, retryAfter: 0 }
}

/** About four characters a token, as a rule of thumb. */
function tokens(value: unknown): number {
  return Math.ceil(JSON.stringify(value).length / 4)
}
