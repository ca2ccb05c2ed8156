import { Group, Loader, Text } from '@mantine/core'
import type { LiveCourse } from '../../hooks/courses/use-live-course.ts'
import { doingOf } from '../../words/course-words.ts'

/** What the agents do just now: their tool calls, or between them what they think about. */
export function AtWork({ live: { agentTask } }: { live: LiveCourse }) {
  const { steps, currentTask } = agentTask
  if (currentTask?.status !== 'processing') return null
  const running = steps.filter(({ kind, status }) => kind === 'tool' && status === 'started')
  return (
    <ul className="plain-list at-work" aria-label="At work now">
      {running.length === 0 && <Doing words="Thinking" />}
      {running.map(step => (
        <Doing key={step.key} words={doingOf(step)} />
      ))}
    </ul>
  )
}

function Doing({ words }: { words: string }) {
  return (
    <li>
      <Group gap={8} wrap="nowrap">
        <Loader size={14} type="dots" flex="none" aria-hidden />
        <Text size="sm" truncate title={words}>
          {words}
        </Text>
      </Group>
    </li>
  )
}
