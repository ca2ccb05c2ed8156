import { z } from 'zod'

const session = z.object({
  id: z.string(),
  user_id: z.string(),
  enterprise_id: z.string().nullable(),
  title: z.string().nullable(),
  on_busy: z.enum(['reject', 'enqueue', 'interrupt']),
  created_at: z.string(),
  updated_at: z.string(),
})

/** A conversation of many tasks, one at a time; each is a turn of it. */
export type AgentSession = z.output<typeof session>

/** What becomes of a task that is submitted while another one is under way: refused, made to wait, or put in its place. */
export type OnBusy = AgentSession['on_busy']

/** The columns of a session that a reader asks for. */
export const sessionColumns = Object.keys(session.shape).join(',')

/** Reads a session. @throws ZodError if it is none */
export function parseSession(row: unknown): AgentSession {
  return session.parse(row)
}

/** Reads several. @throws ZodError if one is none */
export function parseSessions(rows: unknown): AgentSession[] {
  return z.array(session).parse(rows)
}
