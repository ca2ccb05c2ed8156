import { Alert, Button, ScrollArea, Skeleton, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { TaskListView } from '../../../shared/client/watch-tasks.ts'
import { useNow } from '../hooks/use-now.ts'
import { IconPlus } from '../icons.ts'
import { HistoryItem } from './history-item.tsx'

type Props = {
  list: TaskListView
  openId: string | null
  open: (taskId: string | null) => void
  /** The conversations, above the questions. */
  sessions: ReactNode
  /** Where else to go, below the button. */
  children?: ReactNode
}

/** The user's tasks, the newest first; each opens with a click. */
export function HistoryList({ list: { tasks, error }, openId, open, sessions, children }: Props) {
  const now = useNow(30_000)
  return (
    <Stack h="100%" gap="sm" p="sm">
      <Button variant="default" justify="flex-start" leftSection={<IconPlus size={16} />} onClick={() => open(null)}>
        New question
      </Button>
      {children}
      {error && !tasks && (
        <Alert color="red" p="xs" className="error-note">
          {error.message}
        </Alert>
      )}
      <ScrollArea flex={1} type="hover" scrollbarSize={6}>
        {sessions}
        <Text component="h2" size="xs" fw={600} c="dimmed" px="xs" pt={10} pb={6}>
          Your questions
        </Text>
        {!tasks && !error && <Placeholder />}
        {tasks?.length === 0 && (
          <Text size="sm" c="dimmed" px="xs">
            Nothing yet. What you ask is kept here and stays live: open it in a second window and see.
          </Text>
        )}
        <Stack component="ul" gap={2} m={0} p={0} style={{ listStyle: 'none' }}>
          {tasks?.map(task => (
            <li key={task.id}>
              <HistoryItem task={task} now={now} isOpen={task.id === openId} open={open} />
            </li>
          ))}
        </Stack>
      </ScrollArea>
    </Stack>
  )
}

function Placeholder() {
  return (
    <Stack gap="xs" px="xs" aria-hidden>
      {[80, 60, 70].map(width => (
        <Skeleton key={width} h={34} w={`${width}%`} />
      ))}
    </Stack>
  )
}
