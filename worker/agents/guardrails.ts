import type {
  Agent,
  FunctionTool,
  GuardrailFunctionOutput,
  RunContext,
  ToolInputGuardrailDefinition,
  ToolOutputGuardrailDefinition,
} from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import type { TaskContext } from './context.ts'
import { objectionIn } from './faults.ts'
import { once } from './journal.ts'
import { here } from './place.ts'

type Given = { context: RunContext<TaskContext>; agent: Agent<TaskContext> }

/**
 * Makes the guardrails of an agent durable: their verdicts are journalled, so a replay asks no model or moderator again.
 * None runs beside the first model call, which would be paid for and heard before the verdict.
 */
export function makeGuardrailsDurable(agent: Agent<TaskContext>): void {
  agent.inputGuardrails = agent.inputGuardrails.map(guardrail => ({
    ...guardrail,
    runInParallel: false,
    execute: async given =>
      noteObjection(await judged(`input:${guardrail.name}`, given as Given, () => guardrail.execute(given))),
  }))
  agent.outputGuardrails = agent.outputGuardrails.map(guardrail => ({
    ...guardrail,
    execute: async (given: Parameters<typeof guardrail.execute>[0]) =>
      noteObjection(await judged(`output:${guardrail.name}`, given as Given, () => guardrail.execute(given))),
  }))
}

/** The SDK ends a nested agent with "An error occurred", of which the agent that asked could make nothing. */
function noteObjection(verdict: GuardrailFunctionOutput): GuardrailFunctionOutput {
  const { run, scope } = here()
  if (verdict.tripwireTriggered) run.objections.set(scope, objectionIn(verdict.outputInfo))
  return verdict
}

/** The same of a tool's, for each call. */
export function makeToolGuardrailsDurable(tool: FunctionTool<TaskContext>): void {
  if (tool.inputGuardrails) tool.inputGuardrails = tool.inputGuardrails.map(each => perCall('tool_input', each))
  if (tool.outputGuardrails) tool.outputGuardrails = tool.outputGuardrails.map(each => perCall('tool_output', each))
}

function perCall<G extends ToolInputGuardrailDefinition<TaskContext> | ToolOutputGuardrailDefinition<TaskContext>>(
  place: string,
  guardrail: G,
): G {
  const run = (given: Given & { toolCall: { callId: string } }) =>
    judged(`${place}:${guardrail.name}:${given.toolCall.callId}`, given, () => guardrail.run(given as never))
  return { ...guardrail, run }
}

/** The place is a part of the name: a guardrail may stand before and after an agent, and must judge both. */
function judged<T>(name: string, { context, agent }: Given, judge: () => Promise<T>): Promise<T> {
  const work = judge as unknown as () => Promise<Json>
  const about = { kind: 'guardrail', agent: agent.name } as const
  return once(context.context, `guardrail:${agent.name}:${name}`, work, about) as Promise<T>
}
