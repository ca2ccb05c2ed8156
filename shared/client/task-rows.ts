import { z } from 'zod'
import type { AgentTask } from '../task.ts'

const object = z.record(z.string(), z.json())

/** A whole row of `agent_task_requests`. A prompt or an answer that is no text is left out, whoever wrote it. */
const taskRow = z.object({
  id: z.string(),
  enterprise_id: z.string().nullable(),
  user_id: z.string().nullable(),
  kind: z.string(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']),
  priority: z.number(),
  run_at: z.string(),
  life: z.number(),
  attempt: z.number(),
  max_attempts: z.number(),
  crash_count: z.number(),
  snooze_count: z.number(),
  deadline_at: z.string().nullable(),
  idempotency_key: z.string().nullable(),
  supersede_key: z.string().nullable(),
  parent_id: z.string().nullable(),
  schedule_id: z.string().nullable(),
  scheduled_for: z.string().nullable(),
  session_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  token_budget: z.number().nullable(),
  // The local stack's REST reads a numeric as text.
  cost_budget: z.coerce.number().nullable(),
  progress: z
    .object({ done: z.number().optional(), total: z.number().optional(), text: z.string().optional() })
    .nullable()
    .catch(null),
  request_payload: object.transform(({ prompt, ...rest }) =>
    typeof prompt === 'string' ? { ...rest, prompt } : { ...rest },
  ),
  response_payload: object
    .transform(({ answer, ...rest }) => (typeof answer === 'string' ? { ...rest, answer } : { ...rest }))
    .nullable(),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean().default(false) }).nullable(),
  version: z.number(),
  cancel_requested_at: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
})

const columns = Object.keys(taskRow.shape)

/** The columns of a task that a reader asks for. */
export const taskColumns = columns.join(',')

/** Reads a whole row. @throws ZodError if it is none. */
export function parseTask(row: unknown): AgentTask {
  return taskRow.parse(row)
}

/**
 * Lays a row from Realtime over the known one. Such a row may lack columns (large ones that did not change, or all
 * large ones of a change over 1 MiB). Returns null if what results is no whole row.
 */
export function mergeTask(known: AgentTask | null, record: Record<string, unknown>): AgentTask | null {
  return taskRow.safeParse({ ...known, ...record }).data ?? null
}

/** Tells whether a row from Realtime lacks columns. */
export function isPartial(record: Record<string, unknown>): boolean {
  return columns.some(column => !Object.hasOwn(record, column))
}
