import type { Agent, FunctionTool, RunContext } from '@openai/agents'
import type { z } from 'zod'
import type { TaskContext } from './context.ts'
import { here } from './place.ts'

type Options<Input> = {
  name: string
  description: string
  /** Left out, the agent is told in a text what to do. */
  brief?: Brief<Input>
  /** Of the nested run. */
  maxTurns?: number
  /** After this the agent that asked hears that no answer came. */
  timeoutSeconds?: number
  /**
   * Takes the answer, to store it for example, and gives what the agent that asked hears instead. Runs again when the worker
   * dies right after it, with the same answer.
   */
  onAnswer?: (context: TaskContext, answer: string, input: Input) => Promise<string>
}

/** Makes what the agent is asked of arguments that the tool is called with. */
type Brief<Input> = {
  parameters: z.ZodType<Input>
  /** Runs again in a later attempt. What `callTool` refuses in here, the agent that asked is told. */
  write: (context: TaskContext, input: Input) => Promise<string>
}

/** An agent that is used as a tool, as durable-tool.ts sees it. */
export type Nested = {
  agent: Agent<TaskContext>
  timeoutSeconds: number
  writeBrief: ((context: TaskContext, input: unknown) => Promise<string>) | undefined
}

const TIMEOUT_SECONDS = 300
const nested = new WeakMap<object, Nested>()

/**
 * Lets agents ask another one and go on with its answer. Made here and not by `asTool` alone, so that the calls inside are
 * journalled, streamed and approved like any other.
 */
export function agentTool<Input = undefined>(
  agent: Agent<TaskContext>,
  options: Options<Input>,
): FunctionTool<TaskContext> {
  const { name, description, brief, maxTurns = 20, timeoutSeconds = TIMEOUT_SECONDS, onAnswer } = options
  const tool = agent.asTool({
    toolName: name,
    toolDescription: description,
    runOptions: { maxTurns },
    ...(brief && { parameters: brief.parameters as never, inputBuilder: () => here().brief?.text ?? '' }),
    ...(onAnswer && { customOutputExtractor: passOn(onAnswer as Take) }),
  })
  nested.set(tool, { agent, timeoutSeconds, writeBrief: brief?.write as Nested['writeBrief'] })
  return tool as unknown as FunctionTool<TaskContext>
}

type Take = (context: TaskContext, answer: string, input: unknown) => Promise<string>
type Ended = { interruptions: unknown[]; finalOutput?: unknown; runContext: RunContext<TaskContext> }

/** What fails in there is no answer: as text for the agent that asked it would be journalled as one. */
function passOn(onAnswer: Take) {
  return async ({ interruptions, finalOutput, runContext }: Ended): Promise<string> => {
    if (interruptions.length > 0) return ''
    try {
      return await onAnswer(runContext.context, String(finalOutput ?? ''), here().brief?.input)
    } catch (error) {
      const { run, scope } = here()
      run.failures.set(scope, error)
      throw error
    }
  }
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
