import { Group, Text, UnstyledButton } from '@mantine/core'
import type { TaskSummary } from '../../../shared/client/task-list.ts'
import { kindName } from '../words/kind-words.ts'
import { statusName } from '../words/status-words.ts'
import { timeAgo } from '../words/time-words.ts'
import { StatusIcon } from './status-icon.tsx'

type Props = { task: TaskSummary; now: number; isOpen: boolean; open: (taskId: string) => void }

/** A task in the history: what was asked, how it stands, and since when. */
export function HistoryItem({ task, now, isOpen, open }: Props) {
  return (
    <UnstyledButton
      className="history-item"
      px="xs"
      py={7}
      w="100%"
      aria-current={isOpen ? 'page' : undefined}
      onClick={() => open(task.id)}
    >
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <StatusIcon status={task.status} />
        <div style={{ minWidth: 0 }}>
          <Text size="sm" lineClamp={2} lh={1.35}>
            {task.prompt ?? kindName(task.kind)}
          </Text>
          <Text size="xs" c="dimmed">
            {statusName[task.status]} · {timeAgo(task.created_at, now)}
          </Text>
        </div>
      </Group>
    </UnstyledButton>
  )
}
