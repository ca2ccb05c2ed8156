import { Group, Text } from '@mantine/core'
import type { TaskStatus } from '../../../shared/task.ts'
import { statusName } from '../words/status-words.ts'
import { StatusIcon } from './status-icon.tsx'

/** A status as a sign and a word. */
export function StatusLabel({ status, isStopping = false }: { status: TaskStatus; isStopping?: boolean }) {
  return (
    <Group gap={8} wrap="nowrap" display="inline-flex">
      <StatusIcon status={status} />
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        {isStopping ? 'Stopping' : statusName[status]}
      </Text>
    </Group>
  )
}
