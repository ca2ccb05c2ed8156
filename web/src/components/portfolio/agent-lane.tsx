import { Badge, Group, Loader, Text } from '@mantine/core'
import type { ComponentType } from 'react'
import { useNow } from '../../hooks/use-now.ts'
import { IconChart, IconPlan, IconReport, IconRetirement, IconTag } from '../../icons.ts'
import { duration } from '../../words/time-words.ts'
import type { Lane } from './lanes-of.ts'

const about: Record<Lane['name'], { part: string; icon: ComponentType<{ size?: number }> }> = {
  Tagger: { part: 'Classifies what nobody has yet', icon: IconTag },
  Reporter: { part: 'Writes the report', icon: IconReport },
  Charter: { part: 'Draws the charts', icon: IconChart },
  Retirement: { part: 'Explains the projection', icon: IconRetirement },
  Planner: { part: 'Asks the others and sums up', icon: IconPlan },
}

const states: Record<Lane['state'], { label: string; color: string }> = {
  waiting: { label: 'Waiting', color: 'gray' },
  working: { label: 'At work', color: 'blue' },
  done: { label: 'Done', color: 'pine' },
  failed: { label: 'No result', color: 'red' },
  stopped: { label: 'Stopped', color: 'gray' },
  unneeded: { label: 'Not asked', color: 'gray' },
}

/** One agent at its work: what it does just now, and for how long. */
export function AgentLane({ lane, since }: { lane: Lane; since: number }) {
  const { name, state, doing, seconds } = lane
  const { part, icon: Icon } = about[name]
  return (
    <article className="surface lane" data-state={state} aria-label={name}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <span className="lane-sign" aria-hidden>
            <Icon size={18} />
          </span>
          <div style={{ minWidth: 0 }}>
            <Text fw={600} size="sm">
              {name}
            </Text>
            <Text size="xs" c="dimmed">
              {part}
            </Text>
          </div>
        </Group>
        <Badge variant="light" color={states[state].color} size="sm" tt="none" flex="none">
          {states[state].label}
        </Badge>
      </Group>
      <Group justify="space-between" gap="xs" mt="sm" wrap="nowrap" align="flex-start">
        <Group gap={8} wrap="nowrap" miw={0}>
          {state === 'working' && <Loader size={12} aria-hidden />}
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {doing}
          </Text>
        </Group>
        {state === 'working' ? <Elapsed since={since} /> : seconds !== undefined && <Took seconds={seconds} />}
      </Group>
    </article>
  )
}

function Elapsed({ since }: { since: number }) {
  const now = useNow(1_000)
  return <Took seconds={Math.max(0, Math.floor((now - since) / 1000))} isCounting />
}

function Took({ seconds, isCounting = false }: { seconds: number; isCounting?: boolean }) {
  return (
    <Text size="xs" c="dimmed" className="tabular" flex="none" pt={2}>
      {isCounting ? `${seconds} s` : duration(seconds * 1000)}
    </Text>
  )
}
