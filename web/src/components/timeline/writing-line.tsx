import { Loader, Text } from '@mantine/core'
import { Line } from './line.tsx'

/** What a nested agent is writing just now: the end of it. */
export function WritingLine({ text }: { text: string }) {
  return (
    <Line sign={<Loader size={14} type="dots" />} tone="quiet">
      <Text size="sm" c="dimmed" className="timeline-writing">
        <bdi>{text.slice(-200)}</bdi>
      </Text>
    </Line>
  )
}
