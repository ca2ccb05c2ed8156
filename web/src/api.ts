import type { z } from 'zod'
import { AgentTaskError } from '../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../shared/client/supabase.ts'
import { settings } from './config.ts'
import { supabase } from './supabase.ts'

type Call = { body?: object; query?: Record<string, string | null | undefined>; signal?: AbortSignal }

/**
 * Asks the worker's HTTP API as the signed-in user and reads the answer by `schema`: a GET, or a POST where there is a body.
 *
 * @throws AgentTaskError with the code of the API, `unreachable`, or `unreadable` for what is not as agreed; for what is not
 * done yet `slow`, or `needs_approval` where people are asked, with the answer of the API as its cause
 */
export async function callApi<T>(path: string, schema: z.ZodType<T>, call: Call = {}): Promise<T> {
  const response = await send(path, call)
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok || response.status === 202) throw errorOf(response, answer)
  const { success, data, error } = schema.safeParse(answer)
  if (success) return data
  throw new AgentTaskError('unreadable', 'What the server sent cannot be read. Reload the page.', { cause: error })
}

async function send(path: string, { body, query = {}, signal }: Call): Promise<Response> {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value)
  const url = `${settings().VITE_API_URL}${path}${search.size > 0 ? `?${search}` : ''}`
  const { data } = await supabase.auth.getSession()
  const headers = {
    'x-correlation-id': crypto.randomUUID(),
    ...(data.session && { authorization: `Bearer ${data.session.access_token}` }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const patience = AbortSignal.timeout(patienceMs)
  try {
    return await fetch(url, {
      headers,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
  } catch (cause) {
    signal?.throwIfAborted()
    const message = 'The server cannot be reached. Check the connection and try again.'
    throw new AgentTaskError('unreachable', message, { retryable: true, cause })
  }
}

function errorOf({ status }: Response, answer: unknown): AgentTaskError {
  const retryable = status === 202 || status === 429 || status >= 500
  const { code, message } = (answer as { error?: { code?: string; message?: string } } | null)?.error ?? {}
  if (status === 202 && isAsked(answer)) return new AgentTaskError('needs_approval', WAITS, { cause: answer })
  if (status === 202) {
    return new AgentTaskError('slow', 'The answer takes longer than usual.', { retryable, cause: answer })
  }
  return new AgentTaskError(code ?? 'rejected', message ?? `The request was refused with status ${status}.`, {
    retryable: retryable && code !== 'not_configured',
  })
}

const WAITS = 'It is not done: people have to approve it first. It is done as soon as they have.'

function isAsked(answer: unknown): boolean {
  const { approvals } = (answer ?? {}) as { approvals?: unknown }
  return Array.isArray(approvals) && approvals.length > 0
}
