import { Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { type AgentTask, isFinished } from '../../../shared/task.ts'
import { useNow } from '../hooks/use-now.ts'
import { describeStatus } from '../words/status-words.ts'
import { duration } from '../words/time-words.ts'
import { StatusIcon } from './status-icon.tsx'
import { WaitLine } from './wait-line.tsx'

type Props = { task: AgentTask; agent: string | null; isAsking: boolean; children: ReactNode }

/** How a task stands, in words that a screen reader hears as they change; beside it what can be done. */
export function TaskStatusLine({ task, agent, isAsking, children }: Props) {
  const now = useNow(isFinished(task.status) ? null : 1_000)
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs" mih={36}>
        <Group gap="xs" wrap="nowrap">
          <StatusIcon status={task.status} />
          <Text size="sm" role="status" aria-live="polite" fw={500}>
            {describeStatus(task, agent, isAsking)}
          </Text>
          {task.status === 'processing' && task.started_at && (
            <Text size="sm" c="dimmed" aria-hidden>
              {duration(Math.max(1_000, now - Date.parse(task.started_at)))}
            </Text>
          )}
        </Group>
        {children}
      </Group>
      {!isFinished(task.status) && task.status !== 'processing' && !isAsking && <WaitLine task={task} />}
    </Stack>
  )
}
