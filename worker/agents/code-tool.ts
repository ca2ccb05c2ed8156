import { type FunctionTool, type RunContext, tool } from '@openai/agents'
import type { z } from 'zod'
import type { TaskContext } from './context.ts'

/** A call of a tool, as its code sees it. */
export type Call = {
  context: TaskContext
  /** Fires when the task or the call has to stop. */
  signal: AbortSignal
  /** The same in each attempt: an idempotency key for whatever the code asks of others. */
  callId: string
}

/**
 * A tool whose work is code of the worker: to compute something, or to ask a service. What needs the rights of the task's
 * user is a `userTool`, or is called from here by `callTool`.
 *
 * The outcome is journalled when it is there; a call that was under way when its worker died runs again, unless
 * `governed` says otherwise. An error becomes text for the agent.
 */
export function codeTool<Schema extends z.ZodObject>(options: {
  name: string
  description: string
  parameters: Schema
  /** How long it may take: a minute, unless said otherwise. */
  timeoutSeconds?: number
  execute: (input: z.output<Schema>, call: Call) => unknown
}): FunctionTool<TaskContext> {
  const { name, description, timeoutSeconds, execute } = options
  const made = tool({
    name,
    description,
    // The SDK's own type for strict schemas does not take a generic one.
    parameters: options.parameters as z.ZodObject,
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
    errorFunction: (_context, error) => `That did not work: ${error instanceof Error ? error.message : error}`,
    execute: async (input: object, runContext, details) => {
      const { context } = runContext as RunContext<TaskContext>
      const signal = details?.signal ?? context.signal
      return execute(input as z.output<Schema>, { context, signal, callId: details?.toolCall?.callId ?? '' })
    },
  })
  return made as unknown as FunctionTool<TaskContext>
}
