import { Spoiler, Text } from '@mantine/core'
import type { AgentTask } from '../../../shared/task.ts'
import { useNow } from '../hooks/use-now.ts'
import { kindName } from '../words/kind-words.ts'
import { timeAgo } from '../words/time-words.ts'

/** What was asked, and when. */
export function Question({ task }: { task: AgentTask }) {
  const now = useNow(30_000)
  return (
    <section aria-label="Question" className="surface" style={{ padding: 'var(--mantine-spacing-md)' }}>
      <Text size="xs" c="dimmed" mb={4}>
        You asked · <time dateTime={task.created_at}>{timeAgo(task.created_at, now)}</time>
      </Text>
      <Spoiler maxHeight={180} showLabel="Show all" hideLabel="Show less">
        <Text fw={500} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {task.request_payload.prompt ?? task.request_payload.message ?? kindName(task.kind)}
        </Text>
      </Spoiler>
    </section>
  )
}
