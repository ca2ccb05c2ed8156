import { mcpTools } from '../../agents/mcp.ts'
import { runAgent } from '../../agents/run-agent.ts'
import type { Pipeline } from '../pipeline.ts'
import { createAssistant } from './agents.ts'

/** Answers one question. The submitter's context goes along as data, in tags that nothing within can close. */
export const answerQuestion: Pipeline<'assistant'> = async (context, { prompt, context: given }) => {
  const input = given
    ? `${prompt}\n\n<context>\n${JSON.stringify(given).replaceAll('<', '\\u003c')}\n</context>`
    : prompt
  const assistant = createAssistant(context, await mcpTools(context))
  return { answer: await runAgent(context, assistant, input, { isTurn: true }) }
}
