import { type FunctionTool, tool } from '@openai/agents'
import type { z } from 'zod'
import type { TaskContext } from './context.ts'

const userTools = new WeakSet<object>()

/**
 * A tool whose work is the SQL function `agent_tools.<name>(p_task uuid, p_input jsonb)`. It runs with the rights of the
 * task's user and in one transaction with its journal row: row-level security decides what it sees, and it happens exactly
 * once, whenever the worker dies. What it refuses comes as `{ error }`, for the agent to read.
 */
export function userTool<Schema extends z.ZodObject>(options: {
  name: string
  description: string
  parameters: Schema
  /** Tells which calls need a person's consent. */
  needsApproval?: (input: z.output<Schema>) => boolean
}): FunctionTool<TaskContext> {
  const { name, description, needsApproval } = options
  const made = tool({
    name,
    description,
    // The SDK's own type for strict schemas does not take a generic one.
    parameters: options.parameters as z.ZodObject,
    ...(needsApproval && {
      needsApproval: async (_context: unknown, input: object) => needsApproval(input as z.output<Schema>),
    }),
    execute: () => {
      throw new Error('A tool of SQL runs in the database: see durable-tool.ts.')
    },
  })
  userTools.add(made)
  return made as unknown as FunctionTool<TaskContext>
}

/** Tells whether a tool's work is in the database. */
export function isUserTool(tool: object): boolean {
  return userTools.has(tool)
}
