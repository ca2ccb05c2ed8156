import { Table } from '@mantine/core'
import type { ThroughputBin } from '../../hooks/admin/throughput-bins.ts'
import { binName } from '../../words/chart-words.ts'

type Props = {
  bins: readonly ThroughputBin[]
  columns: Record<string, (bin: ThroughputBin) => string>
}

/** The numbers of a chart, the latest first. */
export function BinTable({ bins, columns }: Props) {
  return (
    <Table stickyHeader className="tabular" verticalSpacing={4} fz="xs">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>From</Table.Th>
          {Object.keys(columns).map(name => (
            <Table.Th key={name} ta="right">
              {name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {bins.toReversed().map(bin => (
          <Table.Tr key={bin.at}>
            <Table.Th scope="row" fw={400}>
              {binName(bin)}
            </Table.Th>
            {Object.entries(columns).map(([name, words]) => (
              <Table.Td key={name} ta="right">
                {words(bin)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
