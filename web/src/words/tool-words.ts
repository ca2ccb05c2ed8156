import { z } from 'zod'
import type { Json } from '../../../shared/database.types.ts'
import { argumentName } from './argument-words.ts'
import { inOneLine } from './json-words.ts'

const titles: Record<string, string> = {
  todo_create: 'Add a todo',
  todo_list: 'Look at the todos',
  todo_update: 'Change a todo',
  todo_complete: 'Check a todo off',
  todo_delete: 'Delete a todo',
}

/** What a tool does, in a few words; of one that is not known, its name as one reads it. */
export function toolTitle(name: string): string {
  return titles[name] ?? argumentName(name)
}

/** What a tool is called with in one line. Ids tell a reader nothing and are left to the whole. */
export function inputLine(input: Json): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return inOneLine(input)
  const isTelling = ([, value]: [string, Json | undefined]) => value != null && !z.guid().safeParse(value).success
  return inOneLine(Object.fromEntries(Object.entries(input).filter(isTelling)))
}

const failure = /^This call failed: /

/** Tells whether a tool has answered with an excuse. */
export function isExcuse(result: Json | undefined): boolean {
  return typeof result === 'string' && failure.test(result)
}

const speaking = z.object({ message: z.string() })

/** What came out of a tool call in one line: what it says of it itself, or else what is in it. */
export function resultLine(result: Json): string {
  if (isExcuse(result)) return inOneLine(String(result).replace(failure, ''))
  const { data } = speaking.safeParse(parsed(result))
  return inOneLine(data?.message ?? result)
}

/** Tools give their results as text, which may be of JSON. */
function parsed(result: Json): unknown {
  if (typeof result !== 'string' || !result.startsWith('{')) return result
  try {
    return JSON.parse(result)
  } catch {
    // Only looks like JSON, or was cut off.
    return result
  }
}
