import { type FunctionTool, type ToolInputGuardrailDefinition, tool } from '@openai/agents'
import type { z } from 'zod'
import type { Json } from '../../shared/database.types.ts'
import type { TaskContext } from './context.ts'

const userTools = new WeakMap<object, Ways>()

/** What looks through the arguments of a call before they are stored or shown. */
export type ToolGuardrails = ToolInputGuardrailDefinition<TaskContext>[]

type Ways = {
  /** Says why a call may not reach the database, or undefined. */
  refuse: (input: unknown) => string | undefined
  show: (output: Json) => Json
}

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
  /** Says what is wrong with an input that fits `parameters`, for the agent to mend. */
  check?: (input: z.output<Schema>) => string | undefined
  /** Makes what the agent hears of what SQL brought; the journal has the latter. The same in each attempt. */
  show?: (output: Json) => Json
  inputGuardrails?: ToolGuardrails
}): FunctionTool<TaskContext> {
  const { name, description, needsApproval, check, show = output => output, inputGuardrails = [] } = options
  const made = tool({
    name,
    description,
    // The SDK's own type for strict schemas does not take a generic one.
    parameters: options.parameters as z.ZodObject,
    inputGuardrails,
    ...(needsApproval && {
      needsApproval: async (_context: unknown, input: object) => needsApproval(input as z.output<Schema>),
    }),
    execute: () => {
      throw new Error('A tool of SQL runs in the database: see durable-tool.ts.')
    },
  })
  userTools.set(made, { refuse: input => check?.(input as z.output<Schema>), show })
  return made as unknown as FunctionTool<TaskContext>
}

/** Tells whether a tool's work is in the database. */
export function isUserTool(tool: object): boolean {
  return userTools.has(tool)
}

/** What the tool itself has against an input, or undefined. */
export function refusalBy(tool: object, input: unknown): string | undefined {
  return userTools.get(tool)?.refuse(input)
}

/** What an agent is to hear of what a tool of SQL brought. */
export function shownBy(tool: object, output: Json): Json {
  return userTools.get(tool)?.show(output) ?? output
}
