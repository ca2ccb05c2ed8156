import { SimpleGrid } from '@mantine/core'
import { useMemo, useRef } from 'react'
import type { TaskView } from '../../../../shared/client/watch-task.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { AgentLane } from './agent-lane.tsx'
import { type Lane, lanesOf } from './lanes-of.ts'

type Props = { task: AgentTask; view: Pick<TaskView, 'steps' | 'pieces'> }

/** The agents of an analysis at work side by side. */
export function AgentLanes({ task, view: { steps, pieces } }: Props) {
  const lanes = useMemo(() => lanesOf({ task, steps, pieces }), [task, steps, pieces])
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
