import { z } from 'zod'

const taskRow = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']),
  prompt: z.string().nullable(),
  priority: z.number(),
  life: z.number(),
  attempt: z.number(),
  enterprise_id: z.string().nullable(),
  user_id: z.string().nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  cancel_requested_at: z.string().nullable(),
})

/** A task in a table. */
export type TaskRow = z.output<typeof taskRow>

/** The columns of a task in a table. Of the payload no more than the prompt: payloads may be large. */
export const taskRowColumns = Object.keys(taskRow.shape)
  .map(name => (name === 'prompt' ? 'prompt:request_payload->>prompt' : name))
  .join(',')

/** Reads the rows of a table. @throws ZodError if they are none */
export function parseTaskRows(rows: unknown): TaskRow[] {
  return z.array(taskRow).parse(rows)
}
