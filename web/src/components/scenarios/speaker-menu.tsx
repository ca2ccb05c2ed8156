import { Badge, Button, Menu, Text } from '@mantine/core'
import type { ScenarioDefinition } from '../../../../shared/scenarios.ts'
import { IconOpen } from '../../icons.ts'

type Props = {
  agents: ScenarioDefinition['agents']
  /** Who answers as things are. */
  active: string
  /** Whom the user wants to answer the next message. */
  wanted: string | null
  want: (name: string | null) => void
  /** Then no agent answers, whoever is wanted. */
  isPerson: boolean
}

/** Who answers, and the way to speak with somebody else. */
export function SpeakerMenu({ agents, active, wanted, want, isPerson }: Props) {
  const titleOf = (name: string) => agents.find(agent => agent.name === name)?.title ?? name
  if (isPerson || agents.length < 2) {
    return (
      <Badge variant="light" tt="none" fw={500} flex="none">
        {isPerson ? 'A person answers' : `${titleOf(active)} answers`}
      </Badge>
    )
  }
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          size="compact-xs"
          radius="xl"
          variant="light"
          fw={500}
          flex="none"
          rightSection={<IconOpen size={12} />}
        >
          {wanted ? `${titleOf(wanted)} answers next` : `${titleOf(active)} answers`}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Who shall answer?</Menu.Label>
        {agents.map(({ name, title, description }) => (
          <Menu.Item
            key={name}
            className="chat-choice"
            aria-current={name === (wanted ?? active) ? 'true' : undefined}
            onClick={() => want(name === active ? null : name)}
          >
            <Text size="sm">{title}</Text>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {description}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
