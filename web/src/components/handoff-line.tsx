import { Group, Text, ThemeIcon } from '@mantine/core'
import type { Step } from '../../../shared/deltas.ts'
import { IconHandoff } from '../icons.ts'

/** Says who handed the work over to whom. */
export function HandoffLine({ step: { agent, name } }: { step: Step }) {
  return (
    <Group gap="sm" px="md" py={6} wrap="nowrap">
      <ThemeIcon variant="light" color="gray" size={24} radius="xl" aria-hidden>
        <IconHandoff size={14} />
      </ThemeIcon>
      <Text size="sm" c="dimmed">
        {agent} handed over to <b>{name}</b>
      </Text>
    </Group>
  )
}
