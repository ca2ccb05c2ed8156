import { CopyButton, SimpleGrid, Text, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AgentTask } from '../../../../shared/task.ts'
import { useEnterpriseNames } from '../../hooks/use-enterprise-names.ts'
import { IconCheck, IconCopy } from '../../icons.ts'
import { shortId } from '../../words/number-words.ts'
import { duration, exactTime } from '../../words/time-words.ts'
import { TookTime } from './took-time.tsx'

/** What is known of a task apart from its contents. */
export function StoryFacts({ task }: { task: AgentTask }) {
  const names = useEnterpriseNames()
  const { enterprise_id, user_id, started_at, created_at, crash_count, snooze_count, deadline_at } = task
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3 }} spacing="sm" m={0} className="surface facts">
      <Fact name="Task">
        <CopiedId id={task.id} />
      </Fact>
      <Fact name="Kind">{task.kind}</Fact>
      <Fact name="Enterprise">{enterprise_id ? (names.get(enterprise_id) ?? shortId(enterprise_id)) : 'none'}</Fact>
      <Fact name="User">{user_id ? <CopiedId id={user_id} /> : 'nobody'}</Fact>
      <Fact name="Priority">{task.priority}</Fact>
      <Fact name="Attempt">
        {task.attempt} of {task.max_attempts}
        {task.life > 1 && `, life ${task.life}`}
      </Fact>
      <Fact name="Submitted">{exactTime(created_at)}</Fact>
      <Fact name="Waited">
        {started_at ? duration(Date.parse(started_at) - Date.parse(created_at)) : 'not started'}
      </Fact>
      <Fact name="Ran">
        <TookTime task={task} />
      </Fact>
      {deadline_at && <Fact name="Deadline">{exactTime(deadline_at)}</Fact>}
      {crash_count > 0 && <Fact name="Workers lost">{crash_count}</Fact>}
      {snooze_count > 0 && <Fact name="Told to come back">{snooze_count} times</Fact>}
      {task.correlation_id && (
        <Fact name="Correlation id">
          <CopiedId id={task.correlation_id} label={task.correlation_id} />
        </Fact>
      )}
      {task.scheduled_for && <Fact name="Made by a schedule for">{exactTime(task.scheduled_for)}</Fact>}
    </SimpleGrid>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className="tabular" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  )
}

function CopiedId({ id, label = shortId(id) }: { id: string; label?: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <UnstyledButton onClick={copy} title={id} aria-label={`Copy the id ${id}`} className="mono">
          {label} {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
        </UnstyledButton>
      )}
    </CopyButton>
  )
}
