import { Button, Stack } from '@mantine/core'
import { totalsOf } from '../../../../shared/client/task-totals.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { isUnderWay, type LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { useUserId } from '../../hooks/use-user-id.ts'
import { IconRetry, IconStop } from '../../icons.ts'
import { costOf, tokens } from '../../words/money-words.ts'
import { ErrorNote } from '../error-note.tsx'
import { TaskStatusLine } from '../task-status-line.tsx'
import { TaskTimeline } from '../timeline/task-timeline.tsx'
import { AtWork } from './at-work.tsx'
import { Facts } from './facts.tsx'
import { StageSteps } from './stage-steps.tsx'

/** How the making of a course fares: the stage, who does what, how much is there, and what it took. */
export function CourseProgress({ live, task }: { live: LiveCourse; task: AgentTask }) {
  const { course, agentTask } = live
  const { agent, steps, error } = agentTask
  const userId = useUserId()
  const totals = totalsOf(steps)
  const isRunning = isUnderWay(task.status)
  const written = new Set(course?.contents.map(({ module_number }) => module_number)).size
  const planned = course?.plan.course_structure.modules.length
  return (
    <Stack gap="md" component="section" aria-label="Progress" className="no-print">
      <TaskStatusLine task={task} agent={agent} isAsking={false}>
        <Actions live={live} task={task} />
      </TaskStatusLine>
      {isRunning && (
        <div className="surface facts">
          <StageSteps live={live} task={task} />
          <Facts
            facts={[
              ['Modules', planned === undefined ? 'not planned yet' : `${written} of ${planned}`],
              ['Sources', String(course?.sources.length ?? 0)],
              ['Tokens', totals.calls > 0 ? tokens(totals.tokens) : '–'],
              ['Cost', totals.calls > 0 ? costOf(totals) : '–'],
            ]}
          />
          <AtWork live={live} />
        </div>
      )}
      {error && error.code !== 'cancelled' && <ErrorNote error={error} title={titleOf(task)} />}
      <TaskTimeline key={`${task.id} ${task.life}`} task={task} view={agentTask} userId={userId} isFolded />
    </Stack>
  )
}

function Actions({ live, task }: { live: LiveCourse; task: AgentTask }) {
  const { isProcessing, isCancelling, isRetrying, cancel, retry } = live.agentTask
  if (isProcessing) {
    const isStopping = isCancelling || task.cancel_requested_at !== null
    return (
      <Button {...look} leftSection={<IconStop size={14} />} disabled={isStopping} onClick={() => void cancel()}>
        {isStopping ? 'Stopping…' : 'Cancel'}
      </Button>
    )
  }
  // A new life begins with a new plan: what is written already would be gone.
  if (task.status === 'completed' || (live.course?.contents.length ?? 0) > 0) return null
  return (
    <Button {...look} leftSection={<IconRetry size={14} />} loading={isRetrying} onClick={() => void retry()}>
      Try again
    </Button>
  )
}

function titleOf({ status }: AgentTask): string {
  return status === 'failed' ? 'The course was not finished' : 'That was not possible'
}

const look = { size: 'xs', variant: 'default' } as const
