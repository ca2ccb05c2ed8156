import { Text } from '@mantine/core'
import type { TimelineEntry } from '../../../../shared/client/task-timeline.ts'
import { IconWorker } from '../../icons.ts'
import { attemptTitle } from '../../words/timeline-words.ts'
import { Line } from './line.tsx'

/** Says that another attempt went on from here. */
export function AttemptLine({ entry }: { entry: Extract<TimelineEntry, { type: 'attempt' }> }) {
  return (
    <Line sign={<IconWorker size={14} />} tone="alarm">
      <Text size="sm" fw={500}>
        {attemptTitle(entry)}
      </Text>
    </Line>
  )
}
