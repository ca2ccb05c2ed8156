import type { Json } from '../../../shared/database.types.ts'

/** What a form asks for a value: text, a number, yes or no, or JSON for all else. */
type FieldKind = 'text' | 'number' | 'boolean' | 'json'

/** An argument of a tool call as a form shows it; `text` is what is typed. */
export type Field = { name: string; kind: FieldKind; text: string }

type Read = { value: Json } | { problem: string }

/** The fields of arguments, or null where these are no object. */
export function fieldsOf(value: Json): Field[] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return Object.entries(value).map(([name, each]) => fieldOf(name, each ?? null))
}

/** The name of an argument as one reads it: "order_id" as "Order id". */
export function argumentName(name: string): string {
  const words = name
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .trim()
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : name
}

/** What stands in a field, or what is wrong with it. */
export function readField({ kind, text }: Field): Read {
  switch (kind) {
    case 'text':
      return { value: text }
    case 'boolean':
      return { value: text === 'true' }
    case 'number': {
      const number = Number(text)
      return text.trim() === '' || !Number.isFinite(number) ? { problem: 'Write a number.' } : { value: number }
    }
    case 'json':
      return readJson(text)
  }
}

/** All fields as arguments; null while one of them is wrong. */
export function argumentsOf(fields: readonly Field[]): Record<string, Json> | null {
  const entries = fields.map(field => [field.name, readField(field)] as const)
  const values = entries.flatMap(([name, read]) => ('value' in read ? [[name, read.value] as const] : []))
  return values.length === fields.length ? Object.fromEntries(values) : null
}

function fieldOf(name: string, value: Json): Field {
  switch (typeof value) {
    case 'string':
      return { name, kind: 'text', text: value }
    case 'number':
      return { name, kind: 'number', text: String(value) }
    case 'boolean':
      return { name, kind: 'boolean', text: String(value) }
    default:
      return { name, kind: 'json', text: JSON.stringify(value, null, 2) }
  }
}

function readJson(text: string): Read {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { problem: 'This is no JSON. Texts stand in double quotes.' }
  }
}
