import { Table } from '@mantine/core'

type Props = { caption: string; head: readonly string[]; rows: readonly (readonly string[])[] }

/** The numbers of a chart: the first column names, the others count. */
export function NumberTable({ caption, head, rows }: Props) {
  return (
    <Table stickyHeader className="tabular" verticalSpacing={4} fz="xs">
      <caption className="visually-hidden">{caption}</caption>
      <Table.Thead>
        <Table.Tr>
          {head.map((label, index) => (
            <Table.Th key={label} ta={index === 0 ? 'left' : 'right'}>
              {label || <span className="visually-hidden">Name</span>}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, ...values]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={400}>
              {name}
            </Table.Th>
            {values.map((value, index) => (
              <Table.Td key={head[index + 1]} ta="right">
                {value}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
