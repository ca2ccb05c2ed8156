import { Timeline } from '@mantine/core'
import { useNow } from '../../hooks/use-now.ts'
import { IconAdmin, IconAlert, IconAsk, IconCheck, IconHandoff, IconPlus, IconStop, IconTool } from '../../icons.ts'
import type { StoryEntry } from '../../words/story-words.ts'
import { StoryEvent } from './story-event.tsx'

const icons = {
  begin: IconPlus,
  model: IconAsk,
  tool: IconTool,
  handoff: IconHandoff,
  admin: IconAdmin,
  good: IconCheck,
  bad: IconAlert,
  end: IconStop,
}
const colors = { good: 'pine', bad: 'red', admin: 'yellow' } as Partial<Record<StoryEntry['kind'], string>>

/** What happened to a task, in its order. */
export function StoryTimeline({ entries }: { entries: StoryEntry[] }) {
  const now = useNow(null)
  return (
    <Timeline bulletSize={24} lineWidth={1} color="gray" active={entries.length}>
      {entries.map(entry => {
        const Icon = icons[entry.kind]
        return (
          <Timeline.Item
            key={entry.key}
            bullet={<Icon size={13} aria-hidden />}
            color={colors[entry.kind] ?? 'gray'}
            lineVariant="solid"
            className="story-item"
          >
            <StoryEvent entry={entry} now={now} />
          </Timeline.Item>
        )
      })}
    </Timeline>
  )
}
