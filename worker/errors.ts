import type { TaskFault } from '../shared/task.ts'

/** A failure whose cause is known: what a user is told, and whether another attempt makes sense. */
export class TaskError extends Error {
  override name = 'TaskError'
  readonly code: string
  readonly retry: boolean
  /** The provider said to come back after so long: that attempt does not count. */
  readonly afterSeconds: number | undefined

  /** @param code snake_case and public. @param message what was wrong and what to do; no secret, no prompt. */
  constructor(
    code: string,
    message: string,
    options: { retry?: boolean; afterSeconds?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.retry = options.retry ?? false
    this.afterSeconds = options.afterSeconds
  }
}

/** What the row's `error` says of a failure. An unknown cause is ours: named `internal`, tried again, told nothing of. */
export function faultOf(error: unknown): TaskFault {
  if (error instanceof TaskError) return { code: error.code, message: error.message, retryable: error.retry }
  return {
    code: 'internal',
    message: 'Something went wrong in the worker; its log says what. The task is tried again.',
    retryable: true,
  }
}
