import type { Json } from '../../../shared/database.types.ts'

const mostCharacters = 160

// Signs that turn the order of others around, take no room or are no signs at all. Those that join emoji stay.
const hidden = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu

/**
 * Text as it is: signs that would hide or reorder others are spelled out. What a model has written must not look like
 * something else to whoever consents to it.
 */
export function unhidden(text: string): string {
  return text.replaceAll(hidden, sign => `[U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`)
}

/** A value in one short line: `expression: 6*7` rather than `{"expression":"6*7"}`. */
export function inOneLine(value: Json): string {
  const line = isObject(value)
    ? Object.entries(value)
        .map(([key, part]) => `${key}: ${plain(part ?? null)}`)
        .join(', ')
    : plain(value)
  return unhidden(line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line)
}

/** A value in full, indented; also one that a tool has put into words of JSON. */
export function inFull(value: Json): string {
  return unhidden(laidOut(value))
}

function laidOut(value: Json): string {
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
