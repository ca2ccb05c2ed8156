import { Group, Progress, Text } from '@mantine/core'
import type { TaskProgress } from '../../../shared/task.ts'
import { count } from '../words/number-words.ts'

/** How far a task is, as its pipeline says: a bar where it can count. */
export function ProgressLine({ progress: { done, total, text } }: { progress: TaskProgress }) {
  const isCounted = done !== undefined && total !== undefined && total > 0
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={isCounted ? 4 : 0}>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {text ?? 'Progress'}
        </Text>
        {done !== undefined && (
          <Text size="sm" c="dimmed" className="tabular">
            {count(done)}
            {total !== undefined && ` of ${count(total)}`}
          </Text>
        )}
      </Group>
      {isCounted && <Progress value={Math.min(100, (done / total) * 100)} aria-label={text ?? 'Progress'} size="sm" />}
    </div>
  )
}
