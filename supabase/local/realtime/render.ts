import type { Sql } from 'postgres'
import type { Column, Table } from './catalog.ts'
import type { Tuple } from './pgoutput.ts'

/** A row as JSON values by column; a column whose value is not in the log is absent. */
export type JsonRow = Record<string, unknown>

/**
 * Turns the text of the log into JSON: each value is cast to its type and asked for as jsonb, which is what gives
 * timestamps, arrays and numbers the form that hosted sends.
 */
export async function renderRows(sql: Sql, table: Table, tuples: Tuple[]): Promise<JsonRow[]> {
  if (tuples.length === 0) return []
  const { columns } = table
  const texts = tuples.map(tuple => columns.map(({ name }) => tuple.get(name) ?? null))
  const rows = await sql.unsafe(
    `select ${columns.map((column, at) => `${toJson(column, at)} as c${at}`)}
     from jsonb_array_elements($1::text::jsonb) with ordinality as e (row, at) order by e.at`,
    [JSON.stringify(texts)],
  )
  return tuples.map((tuple, row) => {
    const present = columns
      .map((column, at) => [column.name, rows[row]?.[`c${at}`]])
      .filter(([name]) => tuple.has(name))
    return Object.fromEntries(present)
  })
}

function toJson({ type, cast }: Column, at: number): string {
  const text = `e.row ->> ${at}`
  // Hosted sends the hexadecimal digits alone.
  return type === 'bytea' ? `to_jsonb(substr(${text}, 3))` : `to_jsonb((${text})::${cast})`
}
