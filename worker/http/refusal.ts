import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { AgentTaskError } from '../../shared/client/agent-task-error.ts'
import type { errorAnswer } from '../../shared/http.ts'
import { TaskError } from '../errors.ts'

/** The status of each code that a caller over HTTP may be told; of another one, 500. */
const STATUS: Record<string, ContentfulStatusCode> = {
  invalid_request: 400,
  not_personal: 400,
  override_refused: 400,
  prompt_too_long: 400,
  unauthenticated: 401,
  agent_not_found: 404,
  no_scenario: 404,
  not_found: 404,
  scenario_not_found: 404,
  session_not_found: 404,
  tool_not_found: 404,
  conversation_not_found: 404,
  task_not_found: 404,
  todo_not_found: 404,
  busy: 409,
  cancelled: 409,
  key_taken: 409,
  session_exists: 409,
  too_large: 413,
  content_refused: 422,
  max_turns_exceeded: 422,
  model_not_allowed: 422,
  provider_rejected: 422,
  tool_refused: 422,
  too_many_tasks: 429,
  too_many_requests: 429,
  budget_exhausted: 429,
  rate_limited: 429,
  too_many_calls: 429,
  malformed_output: 502,
  model_not_found: 502,
  provider_auth: 502,
  provider_unavailable: 502,
  provider_unreachable: 502,
  provider_timeout: 502,
  not_configured: 503,
  quota_exhausted: 503,
  unavailable: 503,
  deadline_exceeded: 504,
}

type More = { cause?: unknown; afterSeconds?: number | undefined; correlationId?: string | null }

/** Why a request is refused, in words for who sent it: no secret, no stack, nothing of others. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: string
  readonly status: ContentfulStatusCode

  readonly afterSeconds: number

  private readonly correlationId: string | null

  /**
   * @param more `afterSeconds`: when to come back, where that makes sense; `correlationId`: of an earlier call, which this
   * is about.
   */
  constructor(code: string, message: string, more: More = {}) {
    super(message, { cause: more.cause })
    this.code = code
    this.status = STATUS[code] ?? 500
    this.afterSeconds = more.afterSeconds ?? 5
    this.correlationId = more.correlationId ?? null
  }

  /** @param correlationId of the call that is refused. */
  body(correlationId: string): z.input<typeof errorAnswer> {
    const { code, message } = this
    return { error: { code, message, correlation_id: this.correlationId ?? correlationId } }
  }

  /** What the caller gets beside the body. */
  headers(): Record<string, string> {
    if (this.status === 401) return { 'www-authenticate': 'Bearer realm="liverow", error="invalid_token"' }
    if (this.status === 429 || this.status === 503) return { 'retry-after': String(Math.ceil(this.afterSeconds)) }
    return {}
  }
}

/** What the calls of the database's client throw, in the words of HTTP. */
const CODES: Record<string, string> = {
  session_busy: 'busy',
  signed_out: 'unauthenticated',
  unreachable: 'unavailable',
  // A conversation of somebody else and none are the same to whoever asks.
  not_allowed: 'conversation_not_found',
}

/** What PostgreSQL itself says names tables. Functions of ours say what is meant. */
const POLICY = /row-level security|^permission denied/

/** The refusal that an error stands for; undefined for one that nobody foresaw. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof TaskError) {
    return new Refusal(error.code, error.message, { cause: error, afterSeconds: error.afterSeconds })
  }
  if (!(error instanceof AgentTaskError) || error.code === 'rejected') return undefined
  if (error.code === 'not_allowed' && POLICY.test(error.message)) {
    return new Refusal('not_found', 'There is no such enterprise or session that you may use.', { cause: error })
  }
  return new Refusal(CODES[error.code] ?? error.code, error.message, { cause: error })
}
