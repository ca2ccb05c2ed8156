import { Button, Collapse, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { StoryEntry } from '../../words/story-words.ts'
import { exactTime, momentToTheSecond } from '../../words/time-words.ts'
import { JsonPart } from '../json-part.tsx'

/** One thing that happened; what went in and came out is shown on demand. */
export function StoryEvent({ entry: { at, title, note, input, output }, now }: { entry: StoryEntry; now: number }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  const hasMore = input !== undefined || output !== undefined
  return (
    <>
      <Group justify="space-between" gap="xs" align="baseline">
        <Text size="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
        <Text size="xs" c="dimmed" className="tabular" component="time" dateTime={at} title={exactTime(at)}>
          {momentToTheSecond(at, now)}
        </Text>
      </Group>
      <Group gap="xs" mih={22}>
        <Text size="xs" c="dimmed" className="tabular" style={{ overflowWrap: 'anywhere' }}>
          {note}
        </Text>
        {hasMore && (
          <Button size="compact-xs" variant="subtle" fw={500} aria-expanded={isOpen} onClick={toggle}>
            {isOpen ? 'Hide details' : 'Details'}
          </Button>
        )}
      </Group>
      {hasMore && (
        <Collapse expanded={isOpen}>
          <JsonPart title="In" value={input} />
          <JsonPart title="Out" value={output} />
        </Collapse>
      )}
    </>
  )
}
