import type { Json } from '../shared/database.types.ts'
import type { TaskFault } from '../shared/task.ts'

/** A claimed request in memory. */
export type Task = {
  id: string
  /** The fence: every write names it, and is refused once another attempt holds the task. */
  leaseId: string
  kind: string
  /** Tries of the whole task, from 1; a reset or a retry by a person begins a new one. */
  life: number
  /** Attempts within this life, from 1. */
  attempt: number
  maxAttempts: number
  /** Null for rows that were typed into the dashboard. */
  userId: string | null
  enterpriseId: string | null
  /** As the submitter wrote it: not parsed yet. */
  payload: Json
  /** From the moment it could have run until it was claimed. */
  waitedSeconds: number
  /** From the claim to its deadline; null without one. */
  deadlineSeconds: number | null
  /** By this its submitter finds it again. */
  correlationId: string | null
}

/** Why an attempt is told to stop before its end. */
export type StopReason = 'shutdown' | 'cancel' | 'deadline' | 'lost'

/** How one attempt ended. The queue settles each case with one call. */
export type Outcome =
  | { kind: 'completed'; response: Json }
  /** `response` is what was there by then. */
  | { kind: 'failed'; error: TaskFault; response?: Json }
  | { kind: 'retry'; error: TaskFault }
  /** Another was asked to come back later, such as the provider by its rate limit: the attempt does not count. */
  | { kind: 'snooze'; error: TaskFault; afterSeconds: number }
  /** It goes on when persons have decided or the tasks that it has made have ended, and holds nothing until then. */
  | { kind: 'waiting' }
  /** It obeyed its signal; `response` is what was there by then. */
  | { kind: 'stopped'; response?: Json }

/** What an attempt is given: a signal that ends it, and the way to end it from within. */
export type Attempt = { readonly signal: AbortSignal; stop: (reason: StopReason) => void }

/** The seam between queue and agents: one attempt at a task. */
export type Perform = (task: Task, attempt: Attempt) => Promise<Outcome>
