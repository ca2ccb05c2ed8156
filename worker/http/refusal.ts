import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** Every code that a caller over HTTP may be told, and its status. */
const STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden_host: 403,
  conversation_not_found: 404,
  task_not_found: 404,
  not_found: 404,
  busy: 409,
  cancelled: 409,
  too_large: 413,
  too_many_tasks: 429,
  budget_exhausted: 429,
  failed: 500,
  internal: 500,
  not_configured: 503,
  unavailable: 503,
  deadline_exceeded: 504,
} satisfies Record<string, ContentfulStatusCode>

/** Why a request is refused, in words for who sent it: no secret, no stack, nothing of others. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly code: keyof typeof STATUS
  readonly status: ContentfulStatusCode

  constructor(code: keyof typeof STATUS, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.status = STATUS[code]
  }

  /** What the caller gets beside the body. */
  headers(): Record<string, string> {
    if (this.status === 401) return { 'www-authenticate': 'Bearer realm="liverow", error="invalid_token"' }
    if (this.status === 429 || this.status === 503) return { 'retry-after': '5' }
    return {}
  }
}
