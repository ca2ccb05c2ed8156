import { z } from 'zod'
import type { Json } from './database.types.ts'

// The same values as zod's own JSON type, under the name that the database types use.
const json: z.ZodType<Json> = z.json()

const step = z.object({
  key: z.string(),
  kind: z.enum(['tool', 'handoff']),
  agent: z.string(),
  /** The tool, or the agent handed over to. */
  name: z.string(),
  status: z.enum(['started', 'done']),
  input: json.optional(),
  output: json.optional(),
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
  /** A tool call or a handoff began or ended. */
  z.object({ ...common, kind: z.literal('step'), data: step }),
  /** Who is at work from here on. */
  z.object({ ...common, kind: z.literal('agent'), data: z.object({ name: z.string() }) }),
])

/** What the worker broadcasts on the private topic `task:<id>` as event `deltas`. */
export const deltasMessage = z.object({ task_id: z.guid(), life: z.int(), deltas: z.array(delta) })

export type Delta = z.infer<typeof delta>
/** A tool call or a handoff as a reader sees it. */
export type Step = z.infer<typeof step>
export type DeltasMessage = z.infer<typeof deltasMessage>

/** The private Realtime topic on which a task's stream is heard. */
export function taskTopic(taskId: string): string {
  return `task:${taskId.toLowerCase()}`
}
