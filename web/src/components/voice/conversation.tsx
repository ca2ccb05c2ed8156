import { Alert, Box, Button, Code, Stack, Text } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { IconAlert, IconTalk } from '../../icons.ts'
import { EmptyNote } from '../empty-note.tsx'
import type { CallManager } from './dock-panel.tsx'
import { EntryLine } from './entry-line.tsx'
import { type Place, PlaceChoice } from './place-choice.tsx'

/** The live transcript, and what stands in the way of more of it. */
export function Conversation({ manager, place }: { manager: CallManager; place: Place }) {
  const { entries, status, error, agents, escalation, isThinking, connect } = manager
  const end = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what comes in is the reason to look there.
  useEffect(() => void end.current?.scrollIntoView({ block: 'end' }), [entries, error, status, escalation])
  const last = entries.at(-1)
  const isAwaited = isThinking && !(last?.kind === 'message' && last.role === 'assistant')
  return (
    <Stack p="md" gap="sm" mih="100%" justify={entries.length > 0 || error ? undefined : 'center'}>
      {entries.length === 0 && !error && <Invitation status={status} connect={connect} place={place} />}
      <Stack gap="sm" role="log" aria-label="Transcript">
        {entries.map(entry => (
          <EntryLine key={`${entry.kind}/${entry.id}`} entry={entry} agents={agents} />
        ))}
      </Stack>
      {isAwaited && (
        <Text size="sm" c="dimmed" className="pulse">
          Thinking…
        </Text>
      )}
      {status === 'reconnecting' && (
        <Text size="sm" c="dimmed" role="status">
          The line broke; it is being made anew. Nothing that was said is lost.
        </Text>
      )}
      {error && (
        <Alert color="red" role="alert" className="error-note" icon={<IconAlert size={18} />} title="There is no line">
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{error.message}</Text>
            <Text size="sm" c="dimmed">
              Code: <Code>{error.code}</Code>
            </Text>
          </Stack>
        </Alert>
      )}
      {(status === 'failed' || (status === 'idle' && entries.length > 0)) && (
        <Button variant="light" onClick={connect} style={{ alignSelf: 'center' }}>
          {status === 'failed' ? 'Try again' : 'Call again'}
        </Button>
      )}
      <Box ref={end} />
    </Stack>
  )
}

function Invitation({ status, connect, place }: Pick<CallManager, 'status' | 'connect'> & { place: Place }) {
  if (status === 'live') {
    return (
      <EmptyNote title="The line is open">
        Write below, hold the button or the space bar and talk, or talk hands-free.
      </EmptyNote>
    )
  }
  return (
    <Stack align="center">
      <EmptyNote title="Talk or write to an assistant">
        It acts with your rights. The microphone opens only while you hold the button to talk, or once you choose to
        talk hands-free.
      </EmptyNote>
      {status === 'idle' && <PlaceChoice {...place} />}
      <Button
        leftSection={<IconTalk size={18} />}
        // Before that nobody can say for whom it would be.
        disabled={!place.tenants.isKnown}
        loading={status !== 'idle'}
        onClick={connect}
      >
        Start
      </Button>
    </Stack>
  )
}
