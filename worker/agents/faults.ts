import {
  GuardrailExecutionError,
  InputGuardrailTripwireTriggered,
  MaxTurnsExceededError,
  ModelBehaviorError,
  ModelRefusalError,
  OutputGuardrailTripwireTriggered,
  ToolCallError,
  ToolInputGuardrailTripwireTriggered,
  ToolOutputGuardrailTripwireTriggered,
} from '@openai/agents'
import { APIConnectionError, APIError } from 'openai'
import { TaskError } from '../errors.ts'

const REFUSED = new Set(['content_filter', 'content_policy_violation', 'moderation_blocked', 'cyber_policy_violation'])

/** What a failed model call means for the task. Whatever the provider said about the prompt stays out of it. */
export function providerFault(cause: unknown): TaskError {
  if (cause instanceof TaskError) return cause
  if (cause instanceof APIConnectionError || isNetworkError(cause)) {
    return transient('provider_unreachable', 'The model provider cannot be reached.', cause)
  }
  if (cause instanceof APIError) return byStatus(cause)
  // Nothing of this answer has been kept, so asking again makes sense.
  if (cause instanceof ModelBehaviorError || cause instanceof SyntaxError) {
    return transient('malformed_output', 'The model answered in a form that cannot be read.', cause)
  }
  return agentFault(cause)
}

/** What an error out of the SDK's agent loop means for the task. */
export function agentFault(cause: unknown): TaskError {
  if (cause instanceof ToolCallError || cause instanceof GuardrailExecutionError) return agentFault(cause.error)
  const tripped = GUARDRAILS.find(Tripped => cause instanceof Tripped)
  if (tripped) return objected(cause as InstanceType<typeof tripped>)
  if (cause instanceof MaxTurnsExceededError) {
    return final(
      'max_turns_exceeded',
      'The agents took too many turns without an answer: ask for less at a time.',
      cause,
    )
  }
  if (cause instanceof ModelRefusalError) return refused(cause)
  // The answer is in the journal by now: another attempt would meet it again.
  if (cause instanceof ModelBehaviorError) {
    return final('malformed_output', 'The model answered in a form that cannot be used: submit the task again.', cause)
  }
  if (cause instanceof TaskError) return cause
  throw cause
}

const BUDGETS: Record<string, string> = {
  task_tokens: 'The task has spent its budget of tokens',
  task_cost: 'The task has spent its budget of money',
  day_tokens: 'The budget of tokens for today is spent',
  day_cost: 'The budget of money for today is spent',
  price_unknown: 'There is a budget of money, and no price is known for the model: set MODEL_PRICES of the worker',
}

/** @param reason as `admit_call` gives it. */
export function budgetFault(reason: string): TaskError {
  return new TaskError('budget_exhausted', `${BUDGETS[reason] ?? 'A budget is spent'}.`)
}

const GUARDRAILS = [
  InputGuardrailTripwireTriggered,
  OutputGuardrailTripwireTriggered,
  ToolInputGuardrailTripwireTriggered,
  ToolOutputGuardrailTripwireTriggered,
]

/** What a guardrail found; the text that it found it in is nobody else's business. */
function objected(cause: { result: { output: { outputInfo?: unknown } } }): TaskError {
  return final('content_refused', objectionIn(cause.result.output.outputInfo), cause)
}

/** The same in words. */
export function objectionIn(outputInfo: unknown): string {
  const { place } = (outputInfo ?? {}) as { place?: string }
  const categories = categoriesIn(outputInfo)
  const what = place === 'output' ? 'The answer was withheld' : 'The request was refused'
  const why = categories.length > 0 ? ` (${categories.join(', ')})` : ''
  return `${what} by the content check${why}: rephrase it.`
}

/** What the provider calls it; nothing of a guardrail that does not tell. */
export function categoriesIn(outputInfo: unknown): string[] {
  return ((outputInfo ?? {}) as { categories?: string[] }).categories ?? []
}

function byStatus(cause: APIError): TaskError {
  const { status, code } = cause
  if (status === undefined) return transient('provider_unavailable', 'The model provider broke off its answer.', cause)
  if (status === 401 || status === 403) {
    return final('provider_auth', 'The model provider refuses the API key: check OPENAI_API_KEY of the worker.', cause)
  }
  if (status === 404) {
    return final(
      'model_not_found',
      'The model provider does not know the model: check OPENAI_MODEL of the worker.',
      cause,
    )
  }
  if (status === 429 && code === 'insufficient_quota') {
    return final('quota_exhausted', 'The quota at the model provider is used up: check its plan and billing.', cause)
  }
  if (status === 429) return later('rate_limited', 'The model provider asks for a pause (rate limit).', cause)
  if (status === 408 || status === 409 || status >= 500) {
    return later('provider_unavailable', `The model provider failed (HTTP ${status}).`, cause)
  }
  if (REFUSED.has(code ?? '')) return refused(cause)
  if (code === 'context_length_exceeded') {
    return final('prompt_too_long', 'The prompt is too long for the model: shorten it.', cause)
  }
  return final(
    'provider_rejected',
    `The model provider rejected the request (HTTP ${status}${code ? `, ${code}` : ''}).`,
    cause,
  )
}

/** Not before the provider said, where it said so: in milliseconds, in seconds or as a date. */
function later(code: string, message: string, cause: APIError): TaskError {
  return new TaskError(code, message, { retry: true, afterSeconds: retryAfter(cause), cause })
}

function retryAfter({ headers }: APIError): number | undefined {
  const after = headers?.get('retry-after') ?? ''
  const candidates = [
    Number.parseFloat(headers?.get('retry-after-ms') ?? '') / 1000,
    /^[\d.]+$/.test(after) ? Number(after) : Number.NaN,
    (Date.parse(after) - Date.now()) / 1000,
  ]
  const seconds = candidates.find(each => !Number.isNaN(each))
  return seconds === undefined ? undefined : Math.min(Math.max(seconds, 0), 3_600)
}

function refused(cause: unknown): TaskError {
  return final('content_refused', 'The model declined to answer this: rephrase the prompt.', cause)
}

/** A socket that breaks in mid-stream comes as a bare TypeError of fetch, with the reason as its cause. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && (error.message === 'terminated' || error.message === 'fetch failed')
}

function transient(code: string, message: string, cause: unknown): TaskError {
  return new TaskError(code, message, { retry: true, cause })
}

function final(code: string, message: string, cause: unknown): TaskError {
  return new TaskError(code, message, { retry: false, cause })
}
