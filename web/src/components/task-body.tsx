import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AgentTask } from '../../../shared/task.ts'
import { useDecider } from '../hooks/use-decider.ts'
import { sessionAddress } from '../hooks/use-session-address.ts'
import type { useAgentTask } from '../hooks/useAgentTask.ts'
import { AddressLink } from './address-link.tsx'
import { Answer } from './answer.tsx'
import { ErrorNote } from './error-note.tsx'
import { ProgressLine } from './progress-line.tsx'
import { Question } from './question.tsx'
import { TaskApprovals } from './task-approvals.tsx'
import { TaskStatusLine } from './task-status-line.tsx'
import { TaskTimeline } from './timeline/task-timeline.tsx'

type Props = {
  agentTask: ReturnType<typeof useAgentTask>
  task: AgentTask
  /** It stands in its conversation, and need not point there. */
  isTurn?: boolean
  /** What can be done with it. */
  children: ReactNode
}

/** A task: what was asked, how it stands, what it asks of people, what happened and the answer as it grows. */
export function TaskBody({ agentTask, task, isTurn = false, children }: Props) {
  const { text, approvals, agent, error, isProcessing } = agentTask
  const decider = useDecider()
  const isAsking = approvals.some(({ status }) => status === 'open')
  return (
    <>
      <Question task={task} />
      {task.session_id && !isTurn && (
        <Text size="sm" c="dimmed">
          A part of a <AddressLink to={sessionAddress(task.session_id)}>conversation</AddressLink>: go on with it there.
        </Text>
      )}
      <TaskStatusLine task={task} agent={agent} isAsking={isAsking}>
        {children}
      </TaskStatusLine>
      {task.progress && isProcessing && <ProgressLine progress={task.progress} />}
      <TaskApprovals approvals={approvals} decider={decider} />
      <TaskTimeline
        // Whether it is folded away is decided once for each life.
        key={`${task.id} ${task.life}`}
        task={task}
        view={agentTask}
        userId={decider?.userId ?? null}
      />
      {text && <Answer text={text} isGrowing={task.status === 'processing'} />}
      {error && error.code !== 'cancelled' && <ErrorNote error={error} title={titleOf(task.status)} />}
    </>
  )
}

function titleOf(status: string): string {
  return status === 'failed' ? 'The task failed' : 'That was not possible'
}
