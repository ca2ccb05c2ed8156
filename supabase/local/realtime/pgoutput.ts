/**
 * Decoder of the `pgoutput` plug-in, protocol version 1. Every message opens with one letter:
 *
 *   B begin   R relation   I insert   U update   D delete   C commit   (T truncate, Y type, O origin: not delivered)
 *
 * A tuple holds per column: n null, u unchanged TOAST (the value is not in the log), t text.
 * https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */

/** Values of one row by column name, as text; a column whose value is not in the log is absent. */
export type Tuple = Map<string, string | null>

/** What happened to the row. */
export type ChangeType = 'INSERT' | 'UPDATE' | 'DELETE'

/** One row changed by a committed transaction. */
export type Change = {
  type: ChangeType
  oid: number
  schema: string
  table: string
  commitTimestamp: string
  /** Absent for DELETE. */
  record?: Tuple
  /** Identity columns before the change, or the whole row with REPLICA IDENTITY FULL; absent for INSERT. */
  oldRecord?: Tuple
}

type Relation = {
  oid: number
  schema: string
  table: string
  isFull: boolean
  columns: { name: string; isKey: boolean }[]
}

const epoch2000Ms = 946_684_800_000n

/** Decodes the messages of one read, which always begins with a transaction. */
export function decodeChanges(messages: Iterable<Buffer>): Change[] {
  const relations = new Map<number, Relation>()
  const changes: Change[] = []
  let commitTimestamp = ''
  for (const message of messages) {
    const read = makeReader(message)
    const kind = read.letter()
    if (kind === 'B') commitTimestamp = readBegin(read)
    else if (kind === 'R') {
      const relation = readRelation(read)
      relations.set(relation.oid, relation)
    } else if (kind === 'I' || kind === 'U' || kind === 'D') {
      const relation = relations.get(read.int32())
      if (relation) changes.push({ ...readChange(kind, relation, read), commitTimestamp })
    }
  }
  return changes
}

function readBegin(read: Reader): string {
  read.int64() // LSN of the commit
  return new Date(Number(read.int64() / 1000n + epoch2000Ms)).toISOString()
}

function readRelation(read: Reader): Relation {
  const oid = read.int32()
  const schema = read.text() || 'pg_catalog'
  const table = read.text()
  const isFull = read.letter() === 'f'
  const columns = Array.from({ length: read.int16() }, () => {
    const isKey = (read.int8() & 1) === 1
    const name = read.text()
    read.int32() // type
    read.int32() // type modifier
    return { name, isKey }
  })
  return { oid, schema, table, isFull, columns }
}

function readChange(kind: 'I' | 'U' | 'D', relation: Relation, read: Reader): Omit<Change, 'commitTimestamp'> {
  const { oid, schema, table } = relation
  const tuples = new Map<string, Tuple>()
  while (!read.isDone()) tuples.set(read.letter(), readTuple(relation, read))
  const old = tuples.get('O') ?? tuples.get('K')
  const record = tuples.get('N')
  if (kind === 'I' && record) return { type: 'INSERT', oid, schema, table, record }
  if (kind === 'D' || !record) return { type: 'DELETE', oid, schema, table, oldRecord: identity(relation, old) }
  const filled = relation.isFull && old ? new Map([...old, ...record]) : record
  // The log leaves the old key out when it has not changed; then the new one is the old one.
  return { type: 'UPDATE', oid, schema, table, record: filled, oldRecord: identity(relation, old ?? record) }
}

function readTuple(relation: Relation, read: Reader): Tuple {
  const tuple: Tuple = new Map()
  const count = read.int16()
  for (const column of relation.columns.slice(0, count)) {
    const kind = read.letter()
    if (kind === 'n') tuple.set(column.name, null)
    else if (kind === 't') tuple.set(column.name, read.sized())
  }
  return tuple
}

function identity(relation: Relation, tuple: Tuple | undefined): Tuple {
  const columns = relation.columns.filter(column => relation.isFull || column.isKey)
  return new Map(columns.flatMap(({ name }) => (tuple?.has(name) ? [[name, tuple.get(name) ?? null]] : [])))
}

type Reader = ReturnType<typeof makeReader>

function makeReader(buffer: Buffer) {
  let at = 0
  const step = (bytes: number) => {
    at += bytes
    return at - bytes
  }
  return {
    isDone: () => at >= buffer.length,
    letter: () => String.fromCharCode(buffer.readUInt8(step(1))),
    int8: () => buffer.readUInt8(step(1)),
    int16: () => buffer.readInt16BE(step(2)),
    int32: () => buffer.readUInt32BE(step(4)),
    int64: () => buffer.readBigInt64BE(step(8)),
    text: () => {
      const end = buffer.indexOf(0, at)
      return buffer.toString('utf8', step(end + 1 - at), end)
    },
    sized: () => {
      const length = buffer.readInt32BE(step(4))
      return buffer.toString('utf8', step(length), at)
    },
  }
}
