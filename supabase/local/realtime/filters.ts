/**
 * The filters of a subscription: `column=[not.]operator.value`, several joined by commas, all of which must hold.
 * A value with a comma, parenthesis, quote, backslash or outer blank is double-quoted, as in PostgREST.
 */

const operators = [
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'like',
  'ilike',
  'is',
  'match',
  'imatch',
  'isdistinct',
] as const

/** One comparison. */
export type Filter = {
  column: string
  operator: (typeof operators)[number]
  isNegated: boolean
  /** One value, or the list of `in`. */
  values: string[]
}

const maxListed = 100
const condition = new RegExp(`^([^=]+)=(not\\.)?(${operators.join('|')})\\.(.*)$`, 's')

/** Reads a filter. @throws with the reason when it is none. */
export function parseFilters(text: string): Filter[] {
  return splitAtCommas(text).map(parseFilter)
}

function parseFilter(text: string): Filter {
  const [, column, not, operator, value] = condition.exec(text) ?? []
  if (column === undefined || value === undefined) throw new Error(`Error parsing filter: ${text}`)
  const values = operator === 'in' ? parseList(value) : [unquote(value)]
  return { column: column.trim(), operator: operator as Filter['operator'], isNegated: not !== undefined, values }
}

function parseList(value: string): string[] {
  if (!value.startsWith('(') || !value.endsWith(')')) throw new Error(`a list needs parentheses: ${value}`)
  const values = splitAtCommas(value.slice(1, -1)).map(unquote)
  if (values.length > maxListed) throw new Error(`too many values in a list, ${maxListed} are allowed`)
  return values
}

function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text
  return text.slice(1, -1).replaceAll(/\\(.)/gs, '$1')
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = []
  let start = 0
  let depth = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (isQuoted && letter === '\\') at++
    else if (letter === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === ',' && depth === 0) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}
