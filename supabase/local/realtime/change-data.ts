import type { Column, Table } from './catalog.ts'
import type { Change, Tuple } from './pgoutput.ts'
import type { JsonRow } from './render.ts'

/** A change with its values rendered. */
export type Rendered = { change: Change; record: JsonRow; oldRecord: JsonRow }

const maxChangeBytes = 1_048_576
const maxKeptBytes = 64

/** The event's `data` as one role may see it, restricted to `select` and the primary key when there is one. */
export function changeData(table: Table, rendered: Rendered, role: string, select?: string[]): object {
  const { change, record, oldRecord } = rendered
  const { schema, table: name, type, commitTimestamp } = change
  const mayRead = (column: Column) => column.roles.includes(role)
  const columns = table.columns.filter(column => mayRead(column) && isWanted(column, select))
  // A row that is gone cannot be checked against policies any more, so they leave only its key to be told.
  const oldColumns = type === 'DELETE' && table.hasRls ? columns.filter(column => column.isKey) : columns
  const isTooLarge = bytesOf(change.record) + bytesOf(change.oldRecord) > maxChangeBytes
  const take = (from: Column[], row: JsonRow, tuple: Tuple | undefined) =>
    Object.fromEntries(
      from
        .filter(column => tuple?.has(column.name) && !(isTooLarge && bytesIn(tuple.get(column.name)) > maxKeptBytes))
        .map(column => [column.name, row[column.name]]),
    )
  return {
    schema,
    table: name,
    commit_timestamp: commitTimestamp,
    type,
    columns: columns.map(column => ({ name: column.name, type: column.type })),
    ...(change.record && { record: take(columns, record, change.record) }),
    ...(change.oldRecord && { old_record: take(oldColumns, oldRecord, change.oldRecord) }),
    errors: isTooLarge ? ['Error 413: Payload Too Large'] : null,
  }
}

/** The event's `data` when a role can be told nothing about this table; undefined when it can. */
export function faultData(table: Table, { type }: Change, role: string): object | undefined {
  const keys = table.columns.filter(column => column.isKey)
  const fault =
    keys.length === 0
      ? 'Error 400: Bad Request, no primary key'
      : keys.every(column => column.roles.includes(role))
        ? undefined
        : 'Error 401: Unauthorized'
  if (!fault) return undefined
  const { schema, name } = table
  return { schema, table: name, type, commit_timestamp: null, columns: [], record: {}, errors: [fault] }
}

function isWanted(column: Column, select: string[] | undefined): boolean {
  return !select || column.isKey || select.includes(column.name)
}

function bytesOf(tuple: Tuple | undefined): number {
  return [...(tuple?.values() ?? [])].reduce((sum, value) => sum + bytesIn(value), 0)
}

function bytesIn(value: string | null | undefined): number {
  return value ? Buffer.byteLength(value) : 0
}
