import { ActionIcon, Box, ColorSwatch, Group, Skeleton, Text, Tooltip } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { IconAudit, IconOverview } from '../icons.ts'

type Props = {
  title: string
  /** What the chart shows, in a sentence. */
  summary: string | undefined
  /** The same numbers as a table. */
  table: ReactNode
  series: readonly { name: string; label: string; color: string }[]
  /** In pixels. */
  height?: number
  children: ReactNode
}

const usualHeight = 240

/** A chart with its title, its sum in words, and on demand its numbers as a table instead. */
export function ChartFrame({ title, summary, table, series, height = usualHeight, children }: Props) {
  const [isTable, setTable] = useState(false)
  const label = isTable ? `Show the chart “${title}”` : `Show the numbers of “${title}”`
  return (
    <Box component="figure" className="surface chart-frame" m={0} p="md" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="sm">
        <figcaption>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Text size="xs" c="dimmed" className="tabular" mih={36}>
            {summary ?? 'Reading…'}
          </Text>
        </figcaption>
        <Tooltip label={isTable ? 'Show the chart' : 'Show the numbers'}>
          <ActionIcon
            className="no-print"
            variant="subtle"
            color="gray"
            aria-label={label}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? <IconOverview size={16} /> : <IconAudit size={16} />}
          </ActionIcon>
        </Tooltip>
      </Group>
      {summary === undefined && <Skeleton h={height} />}
      {summary !== undefined && isTable && (
        <Box h={height} style={{ overflow: 'auto' }} tabIndex={0} role="region" aria-label={`Numbers of “${title}”`}>
          {table}
        </Box>
      )}
      {summary !== undefined && !isTable && (
        <Box h={height} role="img" aria-label={summary}>
          {children}
        </Box>
      )}
      <Group gap="4px 14px" mt="sm" aria-hidden>
        {series.map(({ name, label, color }) => (
          <Group key={name} gap={6} wrap="nowrap">
            <ColorSwatch color={color} size={10} withShadow={false} />
            <Text size="xs">{label}</Text>
          </Group>
        ))}
      </Group>
    </Box>
  )
}
