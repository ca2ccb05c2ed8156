import { Text } from '@mantine/core'
import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'

/** What a scenario is for, and who is there. */
export function ScenarioCast({ definition: { description, agents, rootAgent } }: { definition: ScenarioDefinition }) {
  return (
    <div>
      <Text c="dimmed" size="sm" mb="sm">
        {description}
      </Text>
      <ul className="plain-list scenario-cast" aria-label="Agents">
        {agents.map(({ name, title, description: task }) => (
          <li key={name} className="surface scenario-agent">
            <Text size="sm" fw={500}>
              {title}
              {name === rootAgent && agents.length > 1 && (
                <Text span size="xs" c="dimmed" fw={400}>
                  {' '}
                  · begins
                </Text>
              )}
            </Text>
            <Text size="xs" c="dimmed">
              {task}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  )
}
