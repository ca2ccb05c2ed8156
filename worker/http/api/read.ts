import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'
import { Refusal } from '../refusal.ts'

const MOST_BYTES = 262_144

/** Refuses bodies that are too large before they are read. */
export const limitBody = bodyLimit({
  maxSize: MOST_BYTES,
  onError: () => {
    throw new Refusal('too_large', `The body is larger than ${MOST_BYTES} bytes.`)
  },
})

/** @throws Refusal */
export async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (cause) {
    throw new Refusal('invalid_request', 'The body is no JSON.', { cause })
  }
}

/** In JSON: what the database takes in no text. A backslash before one makes it the six characters themselves. */
const UNKEEPABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

/** @throws Refusal with what is wrong in words */
export function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  if (UNKEEPABLE.test(JSON.stringify(given) ?? '')) {
    throw new Refusal('invalid_request', 'A text has a character that cannot be kept: NUL, or half of a pair.')
  }
  const { data, error } = schema.safeParse(given)
  if (!error) return data
  throw new Refusal('invalid_request', error.issues.map(wordsOf).join(' '))
}

/** Ours name what they are about; those of zod itself do not. */
function wordsOf({ message, path }: z.core.$ZodIssue): string {
  const place = path.map(String).join('.')
  return place && /^(Invalid|Too|Unrecognized)/.test(message) ? `${place}: ${message}.` : message
}

export function wantsStream(c: Context): boolean {
  return c.req.header('accept')?.includes('text/event-stream') ?? false
}

/** Proxies that gather an answer before they pass it on (nginx) would hold a stream back. */
export function sendAtOnce(c: Context): void {
  c.header('x-accel-buffering', 'no')
}
