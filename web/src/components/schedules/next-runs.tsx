import { List, Text } from '@mantine/core'
import { previewOf } from '../../words/schedule-words.ts'

/** When a schedule makes its next five tasks, or what is wrong with it. Its room stays the same. */
export function NextRuns({ cron, timeZone }: { cron: string; timeZone: string }) {
  const preview = previewOf({ cron, time_zone: timeZone })
  return (
    <section className="inset" aria-label="Next runs" aria-live="polite" style={{ minHeight: 168 }}>
      <Text size="xs" fw={600} c="dimmed" mb={6}>
        The next five runs
      </Text>
      {'problem' in preview ? (
        <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
          {preview.problem}
        </Text>
      ) : (
        <List size="sm" listStyleType="none" spacing={2} className="tabular" withPadding={false}>
          {preview.runs.map(run => (
            <List.Item key={run}>{run}</List.Item>
          ))}
        </List>
      )}
    </section>
  )
}
