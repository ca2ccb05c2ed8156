import type { Sql } from 'postgres'
import { actAs } from './act-as.ts'
import type { Table } from './catalog.ts'
import type { Identity } from './claims.ts'
import { type Hearing, keep } from './hearings.ts'
import type { Tuple } from './pgoutput.ts'
import { identifier, literal } from './sql-text.ts'

/**
 * Keeps the listeners whose policies show them the row, asked by primary key; one question serves all that watch with
 * equal claims. The table is looked at as it is now, not as it was at the commit: of a row that is gone since, or out of
 * sight, nothing is told. A DELETE has no row left to ask about and goes to all.
 */
export async function keepVisible(sql: Sql, table: Table, hearings: Hearing[]): Promise<Hearing[]> {
  const questions = new Map<string, { identity: Identity; rows: Map<number, Tuple> }>()
  hearings.forEach(({ change, listeners }, at) => {
    for (const { identity } of change.record ? listeners : []) {
      const question = questions.get(keyOf(identity)) ?? { identity, rows: new Map() }
      question.rows.set(at, change.record ?? new Map())
      questions.set(keyOf(identity), question)
    }
  })
  const answers = new Map<string, Set<number>>()
  await Promise.all(
    [...questions].map(async ([key, { identity, rows }]) =>
      answers.set(key, await visibleRows(sql, table, identity, rows)),
    ),
  )
  return keep(
    hearings,
    ({ change }, { identity }, at) => !change.record || answers.get(keyOf(identity))?.has(at) === true,
  )
}

function keyOf({ role, claims }: Identity): string {
  return JSON.stringify([role, claims])
}

async function visibleRows(sql: Sql, table: Table, identity: Identity, rows: Map<number, Tuple>): Promise<Set<number>> {
  const keys = table.columns.filter(column => column.isKey)
  const asked = [...rows].map(([at, tuple]) => [at, ...keys.map(({ name }) => tuple.get(name) ?? null)])
  const conditions = keys.map(({ name, cast }, at) => `x.${identifier(name)} = (e.row ->> ${at + 1})::${cast}`)
  const name = `${identifier(table.schema)}.${identifier(table.name)}`
  const found = await actAs<{ at: number }>(
    sql,
    { identity },
    `select (e.row ->> 0)::int4 as at from jsonb_array_elements(${literal(JSON.stringify(asked))}::jsonb) as e (row)
     where exists (select 1 from ${name} as x where ${conditions.join(' and ')})`,
  )
  return new Set(found.map(row => row.at))
}
