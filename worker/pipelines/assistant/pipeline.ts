import { mcpTools } from '../../agents/mcp.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { tagged } from '../../agents/tagged.ts'
import type { Pipeline } from '../pipeline.ts'
import { createAssistant } from './agents.ts'

/** Answers one question. The submitter's context goes along as data. */
export const answerQuestion: Pipeline<'assistant'> = async (context, { prompt, context: given }) => {
  const input = given
    ? `${prompt}

${tagged('context', given)}`
    : prompt
  const assistant = createAssistant(context, await mcpTools(context))
  return { answer: await runAgent(context, assistant, input, { isTurn: true }) }
}
