import { Button, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Course } from '../../hooks/courses/use-course.ts'
import { isUnderWay } from '../../hooks/courses/use-live-course.ts'
import { useUserId } from '../../hooks/use-user-id.ts'
import { useAgentTask } from '../../hooks/useAgentTask.ts'
import { IconStop } from '../../icons.ts'
import { ErrorNote } from '../error-note.tsx'
import { TaskStatusLine } from '../task-status-line.tsx'
import { TaskTimeline } from '../timeline/task-timeline.tsx'
import { ModuleText } from './module-text.tsx'

type Props = { rewriteId: string; course: Course; onWritten: () => void; children: ReactNode }

/** A module being written again: its text as it grows; after an end without a text, why, and the old one. */
export function RunningRewrite({ rewriteId, course, onWritten, children }: Props) {
  const queries = useQueryClient()
  const userId = useUserId()
  const agentTask = useAgentTask({
    taskId: rewriteId,
    onComplete: () => {
      onWritten()
      void queries.invalidateQueries({ queryKey: ['course'] })
    },
  })
  const { currentTask: task, agent, pieces, error, isCancelling, cancel } = agentTask
  if (!task) return children
  const isRunning = isUnderWay(task.status) || task.status === 'completed'
  const text = pieces.findLast(piece => piece.text !== '')?.text ?? ''
  const isStopping = isCancelling || task.cancel_requested_at !== null
  return (
    <Stack gap="md">
      <TaskStatusLine task={task} agent={agent} isAsking={false}>
        {isUnderWay(task.status) && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconStop size={14} />}
            disabled={isStopping}
            onClick={() => void cancel()}
          >
            {isStopping ? 'Stopping…' : 'Cancel'}
          </Button>
        )}
      </TaskStatusLine>
      {error && error.code !== 'cancelled' && <ErrorNote error={error} title="The module was not written" />}
      <TaskTimeline key={task.life} task={task} view={agentTask} userId={userId} isFolded />
      {isRunning ? <ModuleText text={text} sources={course.sources} isGrowing /> : children}
    </Stack>
  )
}
