import type { Sql } from 'postgres'
import type { Column, Table } from './catalog.ts'
import type { Filter } from './filters.ts'

/** A filter that has been checked against its table. */
export type Predicate = {
  column: string
  /** SQL that is true when the value, given as SQL text, passes; parameters are numbered from `first`. */
  condition(value: string, first: number): string
  parameters: string[]
  /** The values in their canonical spelling, where equality of the text is equality of the value. */
  equals?: ReadonlySet<string>
}

const symbols = {
  eq: '=',
  neq: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  like: 'like',
  ilike: 'ilike',
  match: '~',
  imatch: '~*',
  isdistinct: 'is distinct from',
} as const
const patterns: readonly string[] = ['like', 'ilike', 'match', 'imatch']
const spelledOnce = ['uuid', 'int2', 'int4', 'int8', 'text', 'varchar']
const truths = ['null', 'true', 'false', 'unknown']

/**
 * Checks a filter and makes it ready. @throws when the role may not select the column, a value cannot be cast, the
 * type has no such operator, or a regular expression is wrong.
 */
export async function makePredicate(sql: Sql, table: Table, filter: Filter, role: string): Promise<Predicate> {
  const column = table.columns.find(({ name, roles }) => name === filter.column && roles.includes(role))
  if (!column) throw new Error(`invalid column for filter ${filter.column}`)
  const condition = makeCondition(column, filter)
  const parameters = filter.operator === 'is' ? [] : filter.values
  const predicate: Predicate = { column: column.name, condition, parameters }
  const canonical = await tryOut(sql, column, filter, predicate)
  if (filter.isNegated || !spelledOnce.includes(column.type)) return predicate
  if (filter.operator !== 'eq' && filter.operator !== 'in') return predicate
  return { ...predicate, equals: new Set(canonical) }
}

function makeCondition(column: Column, { operator, isNegated, values }: Filter): Predicate['condition'] {
  const not = isNegated ? 'not ' : ''
  const literal = (number: number) => `$${number}::text::${column.cast}`
  if (operator === 'is') {
    const truth = values[0]?.toLowerCase() ?? ''
    if (!truths.includes(truth)) throw new Error(`invalid value for is: ${values[0]}`)
    return value => `${not}(${value} is ${truth})`
  }
  if (operator === 'in') {
    return (value, first) => `${not}(${value} in (${values.map((_, at) => literal(first + at)).join(', ')}))`
  }
  if (isPattern(operator)) return (value, first) => `${not}(${value} ${symbols[operator]} $${first}::text)`
  return (value, first) => `${not}(${value} ${symbols[operator]} ${literal(first)})`
}

/** Runs the comparison once. @returns the values in their canonical spelling, where that is of use */
async function tryOut(sql: Sql, { cast }: Column, { operator }: Filter, predicate: Predicate): Promise<string[]> {
  const { parameters } = predicate
  if (operator === 'is') {
    await sql.unsafe(`select ${predicate.condition(`null::${cast}`, 1)}`)
    return []
  }
  if (isPattern(operator)) {
    await sql.unsafe(`select null::${cast} ${symbols[operator]} '', '' ${symbols[operator]} $1::text`, parameters)
    return []
  }
  // The values stand in for the row's: beside a null the planner would skip the very casts that are to be tried.
  const casts = parameters.map((_, at) => `$${at + 1}::text::${cast}`)
  const [row] = await sql.unsafe<{ spelled: string[] }[]>(
    `select ${predicate.condition(`(${casts[0]})`, 1)}, to_jsonb(array[${casts.map(each => `${each}::text`)}]) as spelled`,
    parameters,
  )
  return row?.spelled ?? []
}

function isPattern(operator: Filter['operator']): operator is 'like' | 'ilike' | 'match' | 'imatch' {
  return patterns.includes(operator)
}
