import { Agent, type FunctionTool, type Handoff, invokeFunctionTool } from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import type { TaskContext } from './context.ts'

const TOOL_TIMEOUT_MS = 60_000

/**
 * Makes every function tool of these agents, and of those they can hand over to, durable: a call that is journalled
 * as done returns its stored output and does not run again. Agents are built for one task, so the tools are changed
 * in place; the SDK tells tools apart by identity.
 *
 * A call that was under way when its worker died or shut down runs once more: a tool with effects outside takes
 * `details.toolCall.callId` as its idempotency key.
 */
export function makeToolsDurable(context: TaskContext, root: Agent<TaskContext>): void {
  for (const agent of reachable(root)) {
    for (const tool of agent.tools) if (tool.type === 'function') makeDurable(context, agent, tool)
  }
}

function makeDurable(context: TaskContext, agent: Agent<TaskContext>, tool: FunctionTool<TaskContext>): void {
  // The time limit counts inside the journalled call: else a replay could return what the model never saw.
  const original = { ...tool, timeoutMs: tool.timeoutMs ?? TOOL_TIMEOUT_MS }
  delete tool.timeoutMs
  tool.invoke = async (runContext, input, details) => {
    const key = `tool:/${details?.toolCall?.callId}`
    const call = { key, kind: 'tool', agent: agent.name, name: tool.name, input: parsed(input) } as const
    const found = context.journal.find(key)
    if (found?.status === 'done') {
      context.stream.step({ ...call, status: 'done', output: found.output })
      return found.output as string
    }

    const startedAt = performance.now()
    if (!found) await context.journal.record({ ...call, status: 'started' })
    context.stream.step({ ...call, status: 'started' })

    const output = await invokeFunctionTool({ tool: original, runContext, input, ...(details && { details }) })
    context.signal.throwIfAborted()
    const seconds = (performance.now() - startedAt) / 1000
    await context.journal.record({ ...call, status: 'done', output: output as Json, seconds })
    context.stream.step({ ...call, status: 'done', output: output as Json })
    context.telemetry.toolCalled(context.task, tool.name, seconds)
    return output
  }
}

function reachable(root: Agent<TaskContext>): Set<Agent<TaskContext>> {
  const found = new Set([root])
  for (const agent of found) {
    for (const next of agent.handoffs as (Agent<TaskContext> | Handoff<TaskContext>)[]) {
      found.add((next instanceof Agent ? next : next.agent) as Agent<TaskContext>)
    }
  }
  return found
}

/** The arguments as the model wrote them, as JSON where they are JSON. */
function parsed(input: string): Json {
  try {
    return JSON.parse(input) as Json
  } catch {
    return input
  }
}
