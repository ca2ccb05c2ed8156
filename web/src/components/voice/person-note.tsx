import { Box, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Escalation } from '../../../../shared/client/scenario-rows.ts'
import { closeEscalation } from '../../../../shared/client/scenarios.ts'
import { useNotice } from '../../hooks/use-notice.ts'
import { IconPerson } from '../../icons.ts'
import { supabase } from '../../supabase.ts'

/** Says that a person is to answer, or does, and how to go on without; the reason stands in the transcript. */
export function PersonNote({ escalation: { id, status } }: { escalation: Escalation }) {
  const { close, isBusy } = useQuietClose(id)
  return (
    <Group className="dock-person" gap="sm" wrap="nowrap" align="flex-start">
      <IconPerson size={18} aria-hidden className="dock-person-sign" />
      <Box flex={1}>
        <Box role="status">
          <Text size="sm" fw={600}>
            {status === 'taken' ? 'A person is with you' : 'A person will answer'}
          </Text>
          <Text size="xs">
            {status === 'taken'
              ? 'What you say and write goes to them; the agents keep silent.'
              : 'Somebody is told and reads all that was said. You can go on.'}
          </Text>
        </Box>
        <Button mt={6} size="compact-xs" variant="default" loading={isBusy} onClick={() => void close()}>
          Go on with the agents
        </Button>
      </Box>
    </Group>
  )
}

/** That it is done the transcript tells; a notice would lie on what one talks with. */
function useQuietClose(id: string) {
  const { complain } = useNotice()
  const [isBusy, setIsBusy] = useState(false)
  const close = async () => {
    setIsBusy(true)
    try {
      await closeEscalation(supabase, id)
    } catch (error) {
      if (!(error instanceof AgentTaskError)) throw error
      complain(error)
    }
    setIsBusy(false)
  }
  return { close, isBusy }
}
