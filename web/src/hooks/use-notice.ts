import { createContext, use } from 'react'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'

/** How to tell the admin what came of something. */
export type Notices = { tell: (message: string) => void; complain: (error: AgentTaskError) => void }

/** Provided by `NoticeArea`. */
export const NoticeContext = createContext<Notices | null>(null)

/** How to tell the admin what came of something. @throws Error outside of a `NoticeArea` */
export function useNotice(): Notices {
  const notices = use(NoticeContext)
  if (!notices) throw new Error('There is no NoticeArea around this component.')
  return notices
}
