import { Button, Group, Text } from '@mantine/core'
import type { Escalation } from '../../../../shared/client/scenario-rows.ts'
import { useEscalationVerbs } from '../../hooks/scenarios/use-escalation-verbs.ts'
import { IconPerson } from '../../icons.ts'

/** Says that a person is to answer, or does, and how to go on without; the reason stands in the transcript. */
export function PersonNote({ escalation: { id, status } }: { escalation: Escalation }) {
  const { close, isBusy } = useEscalationVerbs()
  return (
    <Group className="dock-person" role="status" gap="sm" wrap="nowrap" align="flex-start">
      <IconPerson size={18} aria-hidden className="dock-person-sign" />
      <Text size="xs" flex={1}>
        <Text span size="sm" fw={600} display="block">
          {status === 'taken' ? 'A person is with you' : 'A person will answer'}
        </Text>
        {status === 'taken'
          ? 'What you say and write goes to them; the agents keep silent.'
          : 'Somebody is told and reads all that was said. You can go on.'}
      </Text>
      <Button size="compact-sm" variant="default" loading={isBusy} onClick={() => void close(id)}>
        Go on with the agents
      </Button>
    </Group>
  )
}
