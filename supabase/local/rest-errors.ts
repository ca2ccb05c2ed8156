import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import postgres from 'postgres'

// PostgREST's table (docs, "HTTP status codes"): the most specific prefix of the SQLSTATE wins; 400 for all others.
const STATUS: Record<string, ContentfulStatusCode> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '23503': 409,
  '23505': 409,
  '25': 500,
  '25006': 405,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '42501': 403,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53': 503,
  '53400': 500,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  P0001: 400,
  XX: 500,
}

/** Turns an error of PostgreSQL into PostgREST's answer to a caller of this role; any other error stays as it is. */
export function refusal(error: unknown, role: string | undefined): unknown {
  if (!(error instanceof postgres.PostgresError)) return error
  const { code, message, detail, hint } = error
  const body = { code, message, details: detail ?? null, hint: hint ?? null }
  return new HTTPException(statusOf(code, role), { res: Response.json(body, { status: statusOf(code, role) }) })
}

function statusOf(code: string, role: string | undefined): ContentfulStatusCode {
  if (code === '42501' && (role ?? 'anon') === 'anon') return 401
  if (/^PT[2-5]\d\d$/.test(code)) return Number(code.slice(2)) as ContentfulStatusCode
  return STATUS[code] ?? STATUS[code.slice(0, 2)] ?? 400
}
