import { Agent, type Model } from '@openai/agents'
import type { ScenarioToolAnswer, ScenarioToolRequest } from '../../../shared/scenario-kinds.ts'
import type { LoadedScenario } from '../../../shared/scenarios.ts'
import type { TaskContext } from '../../agents/context.ts'
import { moderationGuardrail } from '../../agents/moderation.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { TaskError } from '../../errors.ts'
import type { Pipeline } from '../pipeline.ts'
import { scenarioTools } from './tools.ts'
import { loadScenario } from './turn.ts'

/**
 * Calls one tool for a conversation that is held elsewhere, as in a turn: with the rights of the user, once, checked and
 * journalled, and with the consent that it needs.
 *
 * @throws TaskError `tool_not_found` for a tool that no agent of the scenario has.
 */
export const callScenarioTool: Pipeline<'scenario-tool'> = async (context, request) => {
  const agent = createCaller(context, await loadScenario(context), request)
  return answerOf(String(await runAgent(context, agent, request.tool)))
}

/** An agent of the scenario that has the tool, and in place of a model what has been decided elsewhere. */
function createCaller(
  context: TaskContext,
  scenario: LoadedScenario,
  request: ScenarioToolRequest,
): Agent<TaskContext> {
  const { agents, moderation, privacy } = scenario.definition
  const owners = agents.filter(({ tools }) => tools.includes(request.tool)).map(({ name }) => name)
  const [name] = owners.filter(owner => owner === scenario.activeAgent).concat(owners)
  if (name === undefined) {
    const message = `No agent of the scenario "${scenario.scenarioId}" has the tool "${request.tool}".`
    throw new TaskError('tool_not_found', message)
  }
  const { moderate, signal } = context
  const { toolInput } = moderate ? moderationGuardrail(moderate, { signal, tolerates: moderation.tolerates }) : {}
  const guardrails = toolInput && moderation.output ? [toolInput] : []
  return new Agent<TaskContext>({
    name,
    model: decidedCall(request),
    tools: [scenarioTools[request.tool]({ remove: privacy.remove, guardrails })],
    toolUseBehavior: 'stop_on_first_tool',
  })
}

const NOTHING = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** It costs nothing and says the same in each attempt, so it needs no journal. */
function decidedCall({ tool, arguments: given }: ScenarioToolRequest): Model {
  const call = {
    type: 'function_call' as const,
    callId: 'call',
    name: tool,
    arguments: JSON.stringify(given),
    status: 'completed' as const,
  }
  return {
    getResponse: () => {
      throw new Error('Runs of agents are streamed here.')
    },
    async *getStreamedResponse() {
      yield { type: 'response_done', response: { id: 'decided', usage: NOTHING, output: [call] } }
    },
  }
}

/** Tools of SQL give JSON, `{error}` where they refuse. What people or the content check object to is words. */
function answerOf(output: string): ScenarioToolAnswer {
  const result = parsed(output)
  if (result === undefined) return { ok: false, error: { code: 'not_allowed', message: output } }
  const isRefused = typeof result === 'object' && result !== null && 'error' in result
  if (!isRefused) return { ok: true, result }
  const code = result.code === 'too_many_calls' ? result.code : 'tool_refused'
  return { ok: false, error: { code, message: String(result.error) } }
}

function parsed(text: string): ScenarioToolAnswer['result'] {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
