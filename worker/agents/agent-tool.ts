import type { Agent, FunctionTool } from '@openai/agents'
import type { TaskContext } from './context.ts'

type Options = {
  name: string
  description: string
  /** Of the nested run. */
  maxTurns?: number
  /** After this the agent that asked hears that no answer came. */
  timeoutSeconds?: number
}

/** An agent that is used as a tool, as durable-tool.ts sees it. */
export type Nested = { agent: Agent<TaskContext>; timeoutSeconds: number }

const TIMEOUT_SECONDS = 300
const nested = new WeakMap<object, Nested>()

/**
 * Lets agents ask another one and go on with its answer. Made here and not by `asTool` alone, so that the calls inside are
 * journalled, streamed and approved like any other.
 */
export function agentTool(agent: Agent<TaskContext>, options: Options): FunctionTool<TaskContext> {
  const { name, description, maxTurns = 20, timeoutSeconds = TIMEOUT_SECONDS } = options
  const tool = agent.asTool({ toolName: name, toolDescription: description, runOptions: { maxTurns } })
  nested.set(tool, { agent, timeoutSeconds })
  return tool as unknown as FunctionTool<TaskContext>
}

/**
 * The agent behind a tool, if there is one.
 * @throws Error for a tool made by `asTool` itself: its calls would be paid and done again after a crash.
 */
export function agentBehind(tool: FunctionTool<TaskContext>): Nested | undefined {
  const found = nested.get(tool)
  if (!found && 'on' in tool) throw new Error(`Make the tool "${tool.name}" with agentTool() instead of asTool().`)
  return found
}
