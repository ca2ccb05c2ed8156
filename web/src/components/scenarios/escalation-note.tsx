import { Alert, Button, Group, Text } from '@mantine/core'
import type { Escalation } from '../../../../shared/client/scenario-rows.ts'
import { useEscalationVerbs } from '../../hooks/scenarios/use-escalation-verbs.ts'
import { IconPerson } from '../../icons.ts'

/** Says that a person is to answer, or does, and how to go on without. */
export function EscalationNote({ escalation: { id, status, reason } }: { escalation: Escalation }) {
  const { close, isBusy } = useEscalationVerbs()
  const isTaken = status === 'taken'
  return (
    <Alert
      role="status"
      className="alarm-note"
      icon={<IconPerson size={18} />}
      title={isTaken ? 'A person is with you' : 'A person will answer'}
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 240px" style={{ overflowWrap: 'anywhere' }}>
          {isTaken
            ? 'What you write goes to them; the agents keep silent.'
            : `Somebody is told, and reads all that was said here: “${reason}” You can go on writing.`}
        </Text>
        <Button size="xs" variant="default" loading={isBusy} onClick={() => void close(id)}>
          Go on with the agents
        </Button>
      </Group>
    </Alert>
  )
}
