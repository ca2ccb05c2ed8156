import { Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { errorOfTask } from '../../../../shared/client/agent-task-error.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { addressOf } from '../../hooks/use-address.ts'
import { useStickToBottom } from '../../hooks/use-stick-to-bottom.ts'
import { useAgentTask } from '../../hooks/useAgentTask.ts'
import { describeStatus } from '../../words/status-words.ts'
import { AddressLink } from '../address-link.tsx'
import { Answer } from '../answer.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Question } from '../question.tsx'
import { StatusIcon } from '../status-icon.tsx'
import { TaskActions } from '../task-actions.tsx'
import { TaskBody } from '../task-body.tsx'

/** A turn of a conversation: live if it was under way when it came in sight, and that it stays; else as it ended. */
export function SessionTurn({ task, isLast }: { task: AgentTask; isLast: boolean }) {
  const [isLive, setLive] = useState(!isFinished(task.status))
  // A retry begins it anew.
  if (!isLive && !isFinished(task.status)) setLive(true)
  return (
    <Stack component="article" gap="md" aria-label={task.request_payload.prompt ?? task.kind}>
      {isLive ? <LiveTurn task={task} isLast={isLast} /> : <PastTurn task={task} isLast={isLast} />}
    </Stack>
  )
}

function LiveTurn({ task, isLast }: { task: AgentTask; isLast: boolean }) {
  const agentTask = useAgentTask({ taskId: task.id })
  useStickToBottom(agentTask.text, isLast && agentTask.isProcessing)
  return (
    <TaskBody agentTask={agentTask} task={agentTask.currentTask ?? task} isTurn>
      <TaskActions agentTask={agentTask} canRetry={isLast} />
    </TaskBody>
  )
}

function PastTurn({ task, isLast }: { task: AgentTask; isLast: boolean }) {
  const { answer } = task.response_payload ?? {}
  const error = errorOfTask(task)
  return (
    <>
      <Question task={task} />
      {answer && <Answer text={answer} isGrowing={false} />}
      {error && error.code !== 'cancelled' && <ErrorNote error={error} title="This turn failed" />}
      <Group gap="xs">
        <StatusIcon status={task.status} />
        <Text size="sm" c="dimmed">
          {describeStatus(task, null)} ·{' '}
          <AddressLink to={addressOf({ task: task.id })}>
            what happened{isLast && error ? ', and retry' : ''}
          </AddressLink>
        </Text>
      </Group>
    </>
  )
}
