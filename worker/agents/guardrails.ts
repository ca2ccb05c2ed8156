import type { Agent, InputGuardrail, ToolInputGuardrailDefinition, ToolOutputGuardrailDefinition } from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import type { TaskContext } from './context.ts'
import { once } from './journal.ts'

/**
 * Makes the guardrails of an agent durable: their verdicts are journalled, so a replay asks no model or moderator again.
 * None runs beside the first model call, which would be paid for and heard before the verdict.
 */
export function makeGuardrailsDurable(context: TaskContext, agent: Agent<TaskContext>): void {
  const judged = <T>(name: string, judge: () => Promise<T>) => {
    const work = judge as unknown as () => Promise<Json>
    return once(context, `guardrail:${agent.name}:${name}`, work, {
      kind: 'guardrail',
      agent: agent.name,
    }) as Promise<T>
  }
  agent.inputGuardrails = agent.inputGuardrails.map(
    (guardrail): InputGuardrail => ({
      ...guardrail,
      runInParallel: false,
      execute: given => judged(guardrail.name, () => guardrail.execute(given)),
    }),
  )
  agent.outputGuardrails = agent.outputGuardrails.map(guardrail => ({
    ...guardrail,
    execute: (given: Parameters<typeof guardrail.execute>[0]) => judged(guardrail.name, () => guardrail.execute(given)),
  }))
  for (const tool of agent.tools) {
    if (tool.type !== 'function') continue
    if (tool.inputGuardrails) tool.inputGuardrails = tool.inputGuardrails.map(each => perCall(each, judged))
    if (tool.outputGuardrails) tool.outputGuardrails = tool.outputGuardrails.map(each => perCall(each, judged))
  }
}

function perCall<G extends ToolInputGuardrailDefinition<TaskContext> | ToolOutputGuardrailDefinition<TaskContext>>(
  guardrail: G,
  judged: <T>(name: string, judge: () => Promise<T>) => Promise<T>,
): G {
  const run = (given: { toolCall: { callId: string } }) =>
    judged(`${guardrail.name}:${given.toolCall.callId}`, () => guardrail.run(given as never))
  return { ...guardrail, run }
}
