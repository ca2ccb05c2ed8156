import { SimpleGrid } from '@mantine/core'
import { useRef } from 'react'
import { AgentLane } from './agent-lane.tsx'
import type { Lane } from './lanes-of.ts'

/** The agents of an analysis at work side by side. */
export function AgentLanes({ lanes }: { lanes: readonly Lane[] }) {
  const sinceOf = useBeginnings()
  return (
    <section aria-label="Agents at work">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm">
        {lanes.map(lane => (
          <AgentLane key={lane.name} lane={lane} since={sinceOf(lane)} />
        ))}
      </SimpleGrid>
    </section>
  )
}

/** When an agent began: as the journal says, or else when it was first seen at work here. */
function useBeginnings(): (lane: Lane) => number {
  const seen = useRef(new Map<string, number>())
  return ({ name, state, startedAt }) => {
    if (state !== 'working') seen.current.delete(name)
    else if (!seen.current.has(name)) seen.current.set(name, startedAt ? Date.parse(startedAt) : Date.now())
    return seen.current.get(name) ?? Date.now()
  }
}
