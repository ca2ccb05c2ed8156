import { z } from 'zod'
import { kindsOfPrograms } from '../kinds.ts'
import type { TaskStatus } from '../task.ts'

const summary = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting', 'completed', 'failed', 'cancelled']),
  prompt: z.string().nullable(),
  version: z.number(),
  created_at: z.string(),
})

/** The columns of a task that a list shows. Of the payload no more than the prompt: payloads may be large. */
export const summaryColumns = 'id,kind,status,version,created_at,prompt:request_payload->>prompt'

/** A task in a list. */
export type TaskSummary = Omit<z.output<typeof summary>, 'status'> & { status: TaskStatus }

/** Reads the rows of a list. @throws ZodError if they are none. */
export function parseSummaries(rows: unknown): TaskSummary[] {
  return z.array(summary).parse(rows)
}

/** A list read from the database, except where the known one holds something newer. */
export function foldList(known: readonly TaskSummary[], read: readonly TaskSummary[]): readonly TaskSummary[] {
  return read.map(task => known.find(({ id, version }) => id === task.id && version > task.version) ?? task)
}

/**
 * Lays a row from Realtime, possibly in part, into the list, the newest first and at most `limit` of them.
 * Returns null if it takes a reading to know what the list is now.
 */
export function foldIntoList(
  list: readonly TaskSummary[],
  record: Record<string, unknown>,
  limit: number,
): readonly TaskSummary[] | null {
  const known = list.find(({ id }) => id === record.id)
  const { data: task } = summary.safeParse({ ...known, ...record, ...promptOf(record) })
  if (!task) return null
  if (known && known.version >= task.version) return list
  // The turns of a conversation stand there.
  if (record.session_id || kindsOfPrograms.includes(task.kind)) return list
  if (known) return list.map(other => (other === known ? task : other))
  return [...list, task].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at)).slice(0, limit)
}

// Large payloads that did not change are left out of the record; then the known prompt stays.
function promptOf({ request_payload }: Record<string, unknown>): { prompt?: string | null } {
  const { data } = z.looseObject({ prompt: z.unknown() }).partial().safeParse(request_payload)
  if (!data) return {}
  return { prompt: typeof data.prompt === 'string' ? data.prompt : null }
}
