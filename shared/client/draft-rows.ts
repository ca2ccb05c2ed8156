import { z } from 'zod'

const head = z.object({
  id: z.string(),
  session_id: z.string().nullable(),
  title: z.string(),
  kind: z.enum(['outline', 'section', 'message', 'note']),
  status: z.enum(['draft', 'final']),
  updated_at: z.string(),
})

const draft = head.extend({ content: z.string() })

/** A draft without its text, which may be long. */
export type DraftHead = z.output<typeof head>

/** A text that an agent or its user has written, to be worked on. */
export type Draft = z.output<typeof draft>

/** What its user may say of a draft. */
export type DraftFields = Pick<Draft, 'title' | 'kind' | 'content' | 'status'>

/** The columns that a reader asks for. */
export const draftHeadColumns = Object.keys(head.shape).join(',')
export const draftColumns = Object.keys(draft.shape).join(',')

/** Each reads rows. @throws ZodError if they are of another kind */
export const parseDraftHeads = (rows: unknown) => z.array(head).parse(rows)
export const parseDrafts = (rows: unknown) => z.array(draft).parse(rows)
