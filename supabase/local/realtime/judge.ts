import type { Sql } from 'postgres'
import type { Table } from './catalog.ts'
import type { Tuple } from './pgoutput.ts'
import type { Predicate } from './predicates.ts'
import { literal } from './sql-text.ts'

/** Answers for one predicate and the index of one tuple. */
export type Verdicts = (predicate: Predicate, tuple: number) => boolean

/** Whether each tuple passes each predicate; a value that is not in the log passes nothing. */
export async function judge(
  sql: Sql,
  table: Table,
  predicates: Predicate[],
  tuples: (Tuple | undefined)[],
): Promise<Verdicts> {
  const slow = predicates.filter(predicate => !predicate.equals)
  const answers = slow.length === 0 ? [] : await evaluate(sql, table, slow, tuples)
  return (predicate, at) => {
    const value = tuples[at]?.get(predicate.column)
    if (value === undefined) return false
    if (predicate.equals) return value !== null && predicate.equals.has(value)
    return answers[at]?.[slow.indexOf(predicate)] === true
  }
}

async function evaluate(
  sql: Sql,
  table: Table,
  predicates: Predicate[],
  tuples: (Tuple | undefined)[],
): Promise<boolean[][]> {
  const parameters = [JSON.stringify(tuples.map(tuple => Object.fromEntries(tuple ?? [])))]
  const conditions = predicates.map(predicate => {
    const column = table.columns.find(({ name }) => name === predicate.column)
    const value = `(e.row ->> ${literal(predicate.column)})::${column?.cast ?? 'text'}`
    const first = parameters.push(...predicate.parameters) - predicate.parameters.length + 1
    return `coalesce(${predicate.condition(value, first)}, false)`
  })
  const rows = await sql.unsafe<{ passed: boolean[] }[]>(
    `select to_jsonb(array[${conditions}]) as passed from jsonb_array_elements($1::text::jsonb) with ordinality as e (row, at) order by e.at`,
    parameters,
  )
  return rows.map(row => row.passed)
}
