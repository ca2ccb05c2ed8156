import type { PostgrestError } from '@supabase/supabase-js'
import { type AgentTask, isFinished } from '../task.ts'

/**
 * Why a task was refused, failed or was cancelled. `code` is stable and meant for programs, `message` for people;
 * `retryable` says whether the same again may succeed. `task` is the row, once there is one.
 */
export class AgentTaskError extends Error {
  override name = 'AgentTaskError'
  code: string
  retryable: boolean
  task: AgentTask | undefined

  constructor(code: string, message: string, more: { retryable?: boolean; task?: AgentTask; cause?: unknown } = {}) {
    super(message, { cause: more.cause })
    this.code = code
    this.retryable = more.retryable ?? false
    this.task = more.task
  }
}

/** The error that an ended task stands for, or null if it has not ended or has ended well. */
export function errorOfTask(task: AgentTask): AgentTaskError | null {
  if (!isFinished(task.status) || task.status === 'completed') return null
  if (task.status === 'cancelled') return new AgentTaskError('cancelled', 'The task was cancelled.', { task })
  const { code, message, retryable } = task.error ?? unexplained
  return new AgentTaskError(code, message, { retryable, task })
}

/**
 * Puts what the database or the way to it said into the words of this client. `conflict` says what it means to the caller
 * that something else stands in the way.
 */
export function errorOfResponse(
  error: PostgrestError,
  status: number,
  { conflict }: { conflict?: Conflict } = {},
): AgentTaskError {
  if (status === 0) return new AgentTaskError('unreachable', unreachable, { retryable: true, cause: error })
  const [code, retryable] = meaningOf(error, status, conflict)
  const message = [error.message, error.hint].filter(Boolean).join(' ')
  return new AgentTaskError(code, message || `The request was refused with status ${status}.`, {
    retryable,
    cause: error,
  })
}

type Meaning = [code: string, retryable: boolean]
type Conflict = 'key_taken' | 'not_open' | 'stale'

const conflicts = {
  key_taken: ['key_taken', false],
  session_busy: ['session_busy', true],
  not_open: ['not_open', false],
  stale: ['stale', false],
} satisfies Record<string, Meaning>

function meaningOf(error: PostgrestError, status: number, conflict: Conflict = 'key_taken'): Meaning {
  if (error.code === 'PT409')
    return conflicts[
      /^(The session is busy|A turn of the session is under way)/.test(error.message) ? 'session_busy' : conflict
    ]
  return meanings[error.code] ?? (status === 401 ? signedOut : ['rejected', status >= 500])
}

const unexplained = { code: 'unknown', message: 'The task failed without giving a reason.', retryable: false }
const unreachable = 'The server cannot be reached. Check the connection and try again.'

const invalid: Meaning = ['invalid_request', false]
const signedOut: Meaning = ['signed_out', false]

// SQLSTATEs of supabase/migrations and codes of PostgREST: what they mean to a submitter, and whether to try again.
const meanings: Record<string, Meaning> = {
  '22023': invalid,
  '22P02': invalid,
  '22P05': invalid,
  '23514': invalid,
  '42501': ['not_allowed', false],
  PT429: ['too_many_tasks', true],
  PGRST301: signedOut,
  PGRST303: signedOut,
}
