import type {
  Agent,
  FunctionTool,
  GuardrailFunctionOutput,
  RunContext,
  ToolGuardrailFunctionOutput,
  ToolInputGuardrailDefinition,
  ToolOutputGuardrailDefinition,
} from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import type { ContentPlace } from '../telemetry.ts'
import type { TaskContext } from './context.ts'
import { categoriesIn, objectionIn } from './faults.ts'
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
      noteObjection(await judged('input', guardrail.name, given as Given, () => guardrail.execute(given))),
  }))
  agent.outputGuardrails = agent.outputGuardrails.map(guardrail => ({
    ...guardrail,
    execute: async (given: Parameters<typeof guardrail.execute>[0]) =>
      noteObjection(await judged('output', guardrail.name, given as Given, () => guardrail.execute(given))),
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
  place: 'tool_input' | 'tool_output',
  guardrail: G,
): G {
  const run = (given: Given & { toolCall: { callId: string; name: string } }) => {
    const { context, agent, toolCall } = given
    return judged(place, `${guardrail.name}:${toolCall.callId}`, given, async () => {
      const verdict = await guardrail.run(given as never)
      const { task, telemetry } = context.context
      const refused = { tool: toolCall.name, agent: agent.name, reason: 'guardrail' } as const
      if (isObjection(verdict)) telemetry.toolRefused(task, refused)
      return verdict
    })
  }
  return { ...guardrail, run }
}

type Verdict = GuardrailFunctionOutput | ToolGuardrailFunctionOutput

/** The place is a part of the name: a guardrail may stand before and after an agent, and must judge both. */
function judged<T extends Verdict>(
  place: ContentPlace,
  name: string,
  { context, agent }: Given,
  judge: () => Promise<T>,
): Promise<T> {
  const work = async () => {
    const verdict = await judge()
    if (isObjection(verdict)) context.context.telemetry.contentRefused(place, categoriesIn(verdict.outputInfo))
    return verdict as unknown as Json
  }
  const about = { kind: 'guardrail', agent: agent.name } as const
  return once(context.context, `guardrail:${agent.name}:${place}:${name}`, work, about) as unknown as Promise<T>
}

function isObjection(verdict: Verdict): boolean {
  if ('tripwireTriggered' in verdict) return verdict.tripwireTriggered
  return verdict.behavior !== undefined && verdict.behavior.type !== 'allow'
}
