import { Alert, Code, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { IconAlert } from '../icons.ts'

type Props = { error: AgentTaskError; title: string; children?: ReactNode }

/** What went wrong, what to do about it, and the code to name when asking for help. */
export function ErrorNote({ error: { message, code, retryable }, title, children }: Props) {
  return (
    <Alert color="red" role="alert" className="error-note" icon={<IconAlert size={18} />} title={title}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {message}
        </Text>
        <Text size="sm" c="dimmed">
          {retryable
            ? 'This may pass by itself: try again. '
            : 'Mend that first: the same again would end the same way. '}
          Code: <Code>{code}</Code>
        </Text>
        {children}
      </Stack>
    </Alert>
  )
}
