import { z } from 'zod'
import type { Json } from '../../../shared/database.types.ts'
import { argumentName } from './argument-words.ts'
import { inOneLine } from './json-words.ts'
import { counted } from './number-words.ts'

const titles: Record<string, string> = {
  todo_create: 'Add a todo',
  todo_list: 'Look at the todos',
  todo_update: 'Change a todo',
  todo_complete: 'Check a todo off',
  todo_delete: 'Delete a todo',
  find_orders: 'Find orders',
  search_policy: 'Search the policy',
  refund_order: 'Refund an order',
  find_slots: 'Find appointments',
  book_slot: 'Book an appointment',
  list_bookings: 'List appointments',
  cancel_slot: 'Cancel an appointment',
  fetch_project_context: 'Look at the project',
  list_drafts: 'List drafts',
  read_draft: 'Read a draft',
  store_draft_content: 'Store a draft',
  escalate_to_human: 'Ask for a person',
}

/** What a tool does, in a few words; of one that is not known, its name as one reads it. */
export function toolTitle(name: string): string {
  return titles[name] ?? argumentName(name)
}

/** What a tool is called with, or gives, in one line. Ids tell a reader nothing and are left to the whole. */
export function valuesLine(input: Json): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return inOneLine(input)
  const isTelling = ([, value]: [string, Json | undefined]) => value != null && !z.guid().safeParse(value).success
  return inOneLine(Object.fromEntries(Object.entries(input).filter(isTelling)))
}

const failure = /^This call failed: /

/** Tells whether a tool has answered with an excuse. */
export function isExcuse(result: Json | undefined): boolean {
  return refusing.safeParse(result === undefined ? null : parsed(result)).success || isFailure(result)
}

function isFailure(result: Json | undefined): result is string {
  return typeof result === 'string' && failure.test(result)
}

const refusing = z.object({ error: z.string() })
const speaking = z.object({ message: z.string() })

/** What came out of a tool call in one line: what it says of it itself, or else what is in it. */
export function resultLine(result: Json): string {
  if (isFailure(result)) return inOneLine(result.replace(failure, ''))
  const read = parsed(result)
  const refused = refusing.safeParse(read).data
  if (refused) return inOneLine(refused.error)
  const { data } = speaking.safeParse(read)
  if (data) return inOneLine(data.message)
  return Array.isArray(read) ? counted(read.length, 'result') : valuesLine(read)
}

/** Tools give their results as text, which may be of JSON. */
function parsed(result: Json): Json {
  if (typeof result !== 'string' || !result.startsWith('{')) return result
  try {
    return JSON.parse(result)
  } catch {
    // Only looks like JSON, or was cut off.
    return result
  }
}
