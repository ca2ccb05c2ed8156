import { Button, Container, Stack, Text, Title } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useStickToBottom } from '../hooks/use-stick-to-bottom.ts'
import type { useAgentTask } from '../hooks/useAgentTask.ts'
import { ErrorNote } from './error-note.tsx'
import { TaskActions } from './task-actions.tsx'
import { TaskBody } from './task-body.tsx'
import { TaskPlaceholder } from './task-placeholder.tsx'

type Props = { agentTask: ReturnType<typeof useAgentTask>; askAnother: () => void }

/** One task from its question to its end, live. */
export function TaskPanel({ agentTask, askAnother }: Props) {
  const { currentTask, text, readError, isProcessing, missing } = agentTask
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  useStickToBottom(text, isProcessing)

  if (missing) return <NotFound askAnother={askAnother} />
  return (
    <Container component="article" size={760} px={0} pb="xl">
      <Stack gap="lg">
        <Title order={1} className="visually-hidden" tabIndex={-1} ref={heading}>
          Question and answer
        </Title>
        {!currentTask && !readError && <TaskPlaceholder />}
        {!currentTask && readError && <ErrorNote error={readError} title="The task cannot be read" />}
        {currentTask && (
          <TaskBody agentTask={agentTask} task={currentTask}>
            <TaskActions agentTask={agentTask} askAnother={askAnother} />
          </TaskBody>
        )}
      </Stack>
    </Container>
  )
}

function NotFound({ askAnother }: { askAnother: () => void }) {
  return (
    <Container size={760} px={0} pt="8vh">
      <Stack align="flex-start">
        <Title order={1} size="h2">
          There is no such task here
        </Title>
        <Text c="dimmed">Either the address is wrong, or the task belongs to somebody else.</Text>
        <Button onClick={askAnother}>Ask a question</Button>
      </Stack>
    </Container>
  )
}
