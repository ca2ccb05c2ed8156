import { Button, Collapse, Group, Loader, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useId, useMemo } from 'react'
import { timelineOf } from '../../../../shared/client/task-timeline.ts'
import { totalsOf } from '../../../../shared/client/task-totals.ts'
import type { TaskView } from '../../../../shared/client/watch-task.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { counted } from '../../words/number-words.ts'
import { totalFacts } from '../../words/timeline-words.ts'
import { TimelineList } from './timeline-list.tsx'

type Props = {
  task: AgentTask
  view: Pick<TaskView, 'steps' | 'pieces' | 'approvals' | 'agent'>
  userId: string | null
  /** At first, whatever there is. */
  isFolded?: boolean
}

// More than these are folded away where one comes for the answer.
const mostAtOnce = 8

/** What happened in a task, in order and as it happens, and what it took in all. */
export function TaskTimeline({ task, view, userId, isFolded = false }: Props) {
  const { steps, pieces, approvals, agent } = view
  const entries = useMemo(() => timelineOf({ task, steps, pieces, approvals }), [task, steps, pieces, approvals])
  const isWorking = task.status === 'processing'
  const facts = totalFacts(totalsOf(steps), task)
  const [isOpen, { toggle }] = useDisclosure(!isFolded && (!isFinished(task.status) || steps.length <= mostAtOnce))
  const listId = useId()
  if (entries.length === 0 && !isWorking) return null
  return (
    <section aria-label="Steps" className="surface timeline">
      <Group justify="space-between" gap="xs" mih={30} wrap="nowrap" align="flex-start">
        <Text size="xs" c="dimmed" className="tabular timeline-facts">
          <Text span inherit fw={600}>
            {isWorking ? 'Steps so far' : 'Steps'}
          </Text>
          {facts.map(fact => ` · ${fact}`)}
        </Text>
        {entries.length > 0 && (
          <Button
            size="compact-xs"
            variant="subtle"
            fw={500}
            flex="none"
            aria-expanded={isOpen}
            aria-controls={listId}
            onClick={toggle}
          >
            {isOpen ? 'Hide' : `Show ${counted(steps.length, 'step')}`}
          </Button>
        )}
      </Group>
      <Collapse expanded={isOpen} id={listId}>
        <TimelineList entries={entries} task={task} userId={userId} label="What happened" />
        {isWorking && <AtWork agent={agent} />}
      </Collapse>
    </section>
  )
}

function AtWork({ agent }: { agent: string | null }) {
  return (
    <Group gap="sm" wrap="nowrap" className="timeline-row" data-tone="quiet" aria-hidden>
      <span className="timeline-sign">
        <Loader size={14} type="dots" />
      </span>
      <Text size="xs" c="dimmed" lh={1.9}>
        {agent ?? 'An agent'} is at work
      </Text>
    </Group>
  )
}
