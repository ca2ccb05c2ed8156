import { z } from 'zod'
import type { Json } from './database.types.ts'

// The same values as zod's own JSON type, under the name that the database types use.
const json: z.ZodType<Json> = z.json()

/** Tokens of one model call. */
export const usage = z.object({
  requests: z.int(),
  inputTokens: z.int(),
  cachedTokens: z.int().default(0),
  outputTokens: z.int(),
  totalTokens: z.int(),
})

/** The kinds of steps that a reader is shown. */
export const stepKinds = ['model', 'tool', 'handoff', 'guardrail', 'step', 'retry'] as const

const step = z.object({
  /** Names its place in the run: `<kind>:<scope>…`. */
  key: z.string(),
  kind: z.enum(stepKinds),
  agent: z.string(),
  /** The model, the tool, the guardrail, or the agent handed over to. */
  name: z.string(),
  status: z.enum(['started', 'done']),
  input: json.optional(),
  output: json.optional(),
  /** How long it took. */
  seconds: z.number().optional(),
  /** Of a model call. */
  usage: usage.optional(),
  /** Of a model call, in US dollars; null when no price is known. */
  cost: z.number().nullish(),
  /** Of a step that was read from the journal: its row, the attempt that wrote it (0: a fork's copy), its beginning. */
  id: z.int().optional(),
  attempt: z.int().optional(),
  started_at: z.string().optional(),
})

const common = { seq: z.int().positive(), step_key: z.string() }

/**
 * One entry of a task's stream: a row of `agent_task_deltas`, and an item of its broadcast.
 * `seq` counts 1, 2, 3 … within one life of the task.
 */
export const delta = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('text'), data: z.object({ text: z.string() }) }),
  /** The text of this step is withdrawn: its model call is made again. */
  z.object({ ...common, kind: z.literal('reset'), data: z.object({}) }),
  /** A tool call began, or a step ended. */
  z.object({ ...common, kind: z.literal('step'), data: step }),
  /** A model call failed and is made again after a pause. */
  z.object({ ...common, kind: z.literal('retry'), data: z.object({ code: z.string(), seconds: z.number() }) }),
  /** A tool call waits for a person: there is a new row in `agent_approvals`. */
  z.object({ ...common, kind: z.literal('asked'), data: z.object({}) }),
  /** Who is at work from here on. */
  z.object({ ...common, kind: z.literal('agent'), data: z.object({ name: z.string() }) }),
])

/** What the worker broadcasts on the private topic `task:<id>` as event `deltas`. */
export const deltasMessage = z.object({ task_id: z.guid(), life: z.int(), deltas: z.array(delta) })

export type Delta = z.infer<typeof delta>
/** A step of the journal as a reader sees it. */
export type Step = z.infer<typeof step>
export type Usage = z.infer<typeof usage>
export type DeltasMessage = z.infer<typeof deltasMessage>

/** The private Realtime topic on which a task's stream is heard. */
export function taskTopic(taskId: string): string {
  return `task:${taskId.toLowerCase()}`
}

/**
 * Tells whether the text of a model call belongs to the answer: that of the main run's own agents does, that of agents
 * used as tools and of a pipeline's other runs does not.
 */
export function isMainText(stepKey: string): boolean {
  return stepKey.startsWith('model::')
}
