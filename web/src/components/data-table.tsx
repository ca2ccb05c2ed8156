import { Checkbox, Skeleton, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { counted } from '../words/number-words.ts'

/** A column: its heading, and what stands in it. */
export type Column<Row> = {
  label: string
  render: (row: Row) => ReactNode
  /** Numbers stand to the right, so that they can be compared. */
  isNumber?: boolean
  /** Takes the room that is left, and the whole width of a card on a phone. */
  isWide?: boolean
  width?: number | string
}

/** Which rows are chosen, by key. */
export type Selection = { chosen: ReadonlySet<string>; choose: (keys: ReadonlySet<string>) => void }

type Props<Row> = {
  /** What the table is about; read out, not shown. */
  caption: string
  columns: readonly Column<Row>[]
  /** Undefined while they are being read. */
  rows: readonly Row[] | undefined
  keyOf: (row: Row) => string
  /** What a row is, to whoever hears rather than sees it. */
  nameOf?: (row: Row) => string
  empty: ReactNode
  selection?: Selection
}

/** A table; on a phone each row is a card. The roles are named because some browsers forget them for cards. */
export function DataTable<Row>(props: Props<Row>) {
  const { caption, columns, rows, keyOf, nameOf, empty, selection } = props
  if (rows?.length === 0) {
    return (
      <div className="surface" style={{ padding: 'var(--mantine-spacing-xl)' }}>
        {empty}
      </div>
    )
  }
  const keys = rows?.map(keyOf) ?? []
  const areAllChosen = keys.length > 0 && keys.every(key => selection?.chosen.has(key))
  const chooseAll = () => selection?.choose(new Set(areAllChosen ? [] : keys))

  return (
    <div className="table-place">
      <div className="table-frame surface">
        <Table role="table" className="data-table" aria-busy={!rows} verticalSpacing={10} horizontalSpacing="md">
          <caption className="visually-hidden">{caption}</caption>
          <colgroup>
            {selection && <col style={{ width: 48 }} />}
            {columns.map(({ label, width }) => (
              <col key={label} style={{ width }} />
            ))}
          </colgroup>
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {selection && (
                <Table.Th role="columnheader">
                  <Checkbox
                    size="sm"
                    aria-label={`All ${counted(keys.length, 'row')} shown`}
                    label={<span className="cards-only">All {counted(keys.length, 'task')} shown</span>}
                    checked={areAllChosen}
                    indeterminate={!areAllChosen && keys.some(key => selection.chosen.has(key))}
                    disabled={keys.length === 0}
                    onChange={chooseAll}
                  />
                </Table.Th>
              )}
              {columns.map(({ label, isNumber }) => (
                <Table.Th key={label} role="columnheader" className={isNumber ? 'data-head number' : 'data-head'}>
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {!rows && <WaitingRows columns={columns.length + (selection ? 1 : 0)} />}
            {rows?.map((row, index) => (
              <Table.Tr key={keys[index]} role="row">
                {selection && (
                  <ChoiceCell keyOfRow={keyOf(row)} name={nameOf?.(row) ?? keyOf(row)} selection={selection} />
                )}
                {columns.map(column => (
                  <DataCell key={column.label} column={column} row={row} />
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </div>
  )
}

function DataCell<Row>({ column: { label, isNumber, isWide, render }, row }: { column: Column<Row>; row: Row }) {
  return (
    <Table.Td
      role="cell"
      data-label={label}
      data-wide={isWide || undefined}
      className={isNumber ? 'number' : undefined}
    >
      {render(row)}
    </Table.Td>
  )
}

function ChoiceCell({ keyOfRow, name, selection }: { keyOfRow: string; name: string; selection: Selection }) {
  const { chosen, choose } = selection
  const toggle = () => {
    const next = new Set(chosen)
    if (!next.delete(keyOfRow)) next.add(keyOfRow)
    choose(next)
  }
  return (
    <Table.Td role="cell" data-choice>
      <Checkbox size="sm" aria-label={`Choose ${name}`} checked={chosen.has(keyOfRow)} onChange={toggle} />
    </Table.Td>
  )
}

function WaitingRows({ columns }: { columns: number }) {
  return [1, 2, 3, 4, 5].map(row => (
    <Table.Tr key={row} role="row" aria-hidden>
      <Table.Td role="cell" colSpan={columns}>
        <Skeleton h={20} w={`${100 - row * 9}%`} />
      </Table.Td>
    </Table.Tr>
  ))
}
