import { Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type AgentTaskError, errorOfTask } from '../../../../shared/client/agent-task-error.ts'
import type { Step } from '../../../../shared/deltas.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { callsOf, type ToolCall } from '../../hooks/chat/calls-of.ts'
import { addressOf } from '../../hooks/use-address.ts'
import { useDecider } from '../../hooks/use-decider.ts'
import { useStickToBottom } from '../../hooks/use-stick-to-bottom.ts'
import { useAgentTask } from '../../hooks/useAgentTask.ts'
import { type Titles, titleOf } from '../../words/scenario-words.ts'
import { describeStatus } from '../../words/status-words.ts'
import { AddressLink } from '../address-link.tsx'
import { Answer } from '../answer.tsx'
import { ErrorNote } from '../error-note.tsx'
import { StatusIcon } from '../status-icon.tsx'
import { TaskActions } from '../task-actions.tsx'
import { TaskApprovals } from '../task-approvals.tsx'
import { WaitLine } from '../wait-line.tsx'
import { SourceTag } from './source-tag.tsx'
import { ToolCard } from './tool-card.tsx'

type Props = {
  task: AgentTask
  isLast: boolean
  /** What was called in it, if it had ended before it came in sight. */
  calls: readonly ToolCall[]
  /** What else happened in it, as far as it is, before its tool calls. */
  more?: (steps: readonly Step[]) => ReactNode
  /** The agents as readers know them, where it matters who answers. */
  titles?: Titles | undefined
  /** It is not what its page is about, which is not scrolled for it. */
  isPart?: boolean
}

/** A turn of a chat: live if it was under way when it came in sight, and that it stays; else as it ended. */
export function ChatTurn(props: Props) {
  const { task } = props
  const [isLive, setLive] = useState(!isFinished(task.status))
  // A retry begins it anew.
  if (!isLive && !isFinished(task.status)) setLive(true)
  return isLive ? <LiveTurn {...props} /> : <PastTurn {...props} />
}

function LiveTurn({ task: known, isLast, more, titles, isPart = false }: Props) {
  const agentTask = useAgentTask({ taskId: known.id })
  const { text, steps, approvals, agent, error, isProcessing } = agentTask
  const task = agentTask.currentTask ?? known
  const decider = useDecider()
  const isAsking = approvals.some(({ status }) => status === 'open')
  const isOver = task.status === 'completed'
  const speaker = titles && titleOf(speakerOf(task) ?? agent, titles)
  useStickToBottom(`${text} ${steps.length} ${isAsking} ${task.status}`, isLast && !isPart)
  return (
    <Words task={task} text={text} calls={callsOf(task, steps)} error={error} more={more?.(steps)} speaker={speaker}>
      <TaskApprovals approvals={approvals} decider={decider} />
      {!isOver && !isProcessing && !error && <WaitLine task={task} />}
      <Group justify="space-between" gap="xs" wrap="nowrap" className={isOver ? 'visually-hidden' : undefined}>
        <Group gap="xs" wrap="nowrap">
          {!isOver && <StatusIcon status={task.status} />}
          <Text size="sm" c="dimmed" role="status" aria-live="polite">
            {describeStatus(task, agent && titles ? titleOf(agent, titles) : agent, isAsking)}
          </Text>
        </Group>
        {!isOver && <TaskActions agentTask={agentTask} canRetry={isLast} />}
      </Group>
    </Words>
  )
}

function PastTurn({ task, isLast, calls, more, titles }: Props) {
  const error = errorOfTask(task)
  const text = task.response_payload?.answer ?? ''
  const speaker = titles && titleOf(speakerOf(task), titles)
  return (
    <Words task={task} text={text} calls={calls} error={error} more={more?.([])} speaker={speaker}>
      {error ? (
        <Group gap="xs">
          <StatusIcon status={task.status} />
          <Text size="sm" c="dimmed">
            {describeStatus(task, null)} ·{' '}
            <AddressLink to={addressOf({ task: task.id })}>what happened{isLast ? ', and retry' : ''}</AddressLink>
          </Text>
        </Group>
      ) : (
        <Text className="visually-hidden">{describeStatus(task, null)}</Text>
      )}
    </Words>
  )
}

type WordsProps = {
  task: AgentTask
  text: string
  calls: readonly ToolCall[]
  error: AgentTaskError | null
  more: ReactNode
  speaker: string | undefined
  children: ReactNode
}

function Words({ task, text, calls, error, more, speaker, children }: WordsProps) {
  const asked = messageOf(task)
  return (
    <Stack component="article" gap="sm" aria-label={asked}>
      <section aria-label="Question" className="chat-asked">
        {asked}
        {task.request_payload.source === 'voice' && <SourceTag source="voice" />}
      </section>
      {more}
      {calls.map(call => (
        <ToolCard key={call.key} call={call} />
      ))}
      {text && (
        <div>
          {speaker && (
            <Text size="xs" fw={600} c="dimmed" mb={2}>
              {speaker}
            </Text>
          )}
          <Answer text={text} isGrowing={task.status === 'processing'} />
        </div>
      )}
      {children}
      {error && error.code !== 'cancelled' && <ErrorNote error={error} title="This was not answered" />}
    </Stack>
  )
}

function speakerOf({ response_payload }: AgentTask): string | null {
  return typeof response_payload?.agent === 'string' ? response_payload.agent : null
}

/** What the user has said; kinds name it differently. */
function messageOf({ request_payload: { prompt, message }, kind }: AgentTask): string {
  return prompt ?? message ?? kind
}
