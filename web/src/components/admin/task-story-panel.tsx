import { Group, Stack, Text, Title } from '@mantine/core'
import { errorOfTask } from '../../../../shared/client/agent-task-error.ts'
import { useAskedAction } from '../../hooks/admin/use-asked-action.ts'
import { useTaskStory } from '../../hooks/admin/use-task-story.ts'
import { describeStatus } from '../../words/status-words.ts'
import { storyOf } from '../../words/story-words.ts'
import { Answer } from '../answer.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { JsonBlock } from '../json-block.tsx'
import { StatusIcon } from '../status-icon.tsx'
import { TaskPlaceholder } from '../task-placeholder.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { StoryFacts } from './story-facts.tsx'
import { StoryFamily } from './story-family.tsx'
import { StoryTimeline } from './story-timeline.tsx'
import { StoryWait } from './story-wait.tsx'
import { TaskButtons } from './task-buttons.tsx'
import { verbsFor } from './verbs-for.ts'

/** All that is kept of a task: what was asked, how it stands and why, what happened, and what can be done. */
export function TaskStoryPanel({ taskId }: { taskId: string }) {
  const { data, error } = useTaskStory(taskId)
  const { ask, dialog } = useAskedAction()
  if (!data) return error ? <ErrorNote error={error} title="The task cannot be read" /> : <TaskPlaceholder />
  const { task, steps, audit, children } = data
  if (!task) {
    return <EmptyNote title="There is no such task here">It was removed, or belongs to somebody else.</EmptyNote>
  }
  const fault = errorOfTask(task) ?? null
  return (
    <Stack gap="lg" component="article" aria-label="Task">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <StatusIcon status={task.status} />
            <Text size="sm" fw={600} role="status">
              {describeStatus(task, null)}
            </Text>
          </Group>
          <TaskButtons verbs={verbsFor(task)} ask={verb => ask({ verb, taskIds: [taskId], priority: task.priority })} />
        </Group>
        <StoryWait task={task} />
      </Stack>
      <StoryFacts task={task} />
      <Part title="Request">
        <JsonBlock value={task.request_payload} />
      </Part>
      {fault && fault.code !== 'cancelled' && <ErrorNote error={fault} title="The task failed" />}
      {task.response_payload && (
        <Part title="Answer">
          {task.response_payload.answer === undefined ? (
            <JsonBlock value={task.response_payload} />
          ) : (
            <div className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
              <Answer text={task.response_payload.answer} isGrowing={false} />
            </div>
          )}
        </Part>
      )}
      <StoryFamily task={task} kin={children} />
      <Part title="What happened">
        <StoryTimeline entries={storyOf(task, steps, audit)} />
      </Part>
      <ConfirmDialog {...dialog} />
    </Stack>
  )
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={3} fz="sm" fw={600} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  )
}
