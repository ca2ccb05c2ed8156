import type { Json } from '../../../shared/database.types.ts'

const mostCharacters = 160

/** A value in one short line: `expression: 6*7` rather than `{"expression":"6*7"}`. */
export function inOneLine(value: Json): string {
  const line = isObject(value)
    ? Object.entries(value)
        .map(([key, part]) => `${key}: ${plain(part ?? null)}`)
        .join(', ')
    : plain(value)
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line
}

/** A value in full, indented; also one that a tool has put into words of JSON. */
export function inFull(value: Json): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    // Only looks like JSON, or was cut off: shown as it is.
    return value
  }
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isObject(value: Json): value is { [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
