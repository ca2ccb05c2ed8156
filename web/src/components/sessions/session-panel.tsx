import '../chat/chat.css'
import { Button, Container, Group, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { goTo } from '../../hooks/use-address.ts'
import { homeOfSession, openSession } from '../../hooks/use-session-address.ts'
import { useAgentSession } from '../../hooks/useAgentSession.ts'
import { IconDelete } from '../../icons.ts'
import { sessionName } from '../../words/session-words.ts'
import { AskBox } from '../ask-box.tsx'
import { ErrorNote } from '../error-note.tsx'
import { TaskPlaceholder } from '../task-placeholder.tsx'
import { DeleteSessionDialog } from './delete-session-dialog.tsx'
import { OnBusySelect } from './on-busy-select.tsx'
import { SessionTurn } from './session-turn.tsx'

/** A conversation: its turns in order, the newest live, and below them the box to go on with it. */
export function SessionPanel({ sessionId }: { sessionId: string }) {
  const { session, turns, missing, error, refusal, submitTask, isSubmitting, isBusy, setOnBusy, remove } =
    useAgentSession(sessionId)
  const [prompt, setPrompt] = useState('')
  const [isDeleting, dialog] = useDisclosure(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const name = session && sessionName(session)
  useEffect(() => {
    if (name !== null) heading.current?.focus({ preventScroll: true })
  }, [name])

  const home = homeOfSession(sessionId, turns?.[0]?.kind)
  useEffect(() => {
    if (home !== null) goTo(home, { replace: true })
  }, [home])

  if (missing) return <NotFound />
  if (!session || !turns || home !== null) {
    return (
      <Container size={760} px={0}>
        {error ? <ErrorNote error={error} title="The conversation cannot be read" /> : <TaskPlaceholder />}
      </Container>
    )
  }
  const ask = async (asked: string) => {
    if (await submitTask({ prompt: asked })) setPrompt('')
  }
  return (
    <Container size={760} px={0}>
      <Stack gap="xl" className="conversation">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
          <Title
            order={1}
            fz={{ base: 20, sm: 24 }}
            lts="-0.01em"
            tabIndex={-1}
            ref={heading}
            className="quiet"
            lineClamp={2}
          >
            {sessionName(session)}
          </Title>
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            flex="none"
            leftSection={<IconDelete size={14} />}
            onClick={dialog.open}
          >
            Delete
          </Button>
        </Group>
        <ol className="plain-list turns" aria-label="Turns">
          {turns.map((task, index) => (
            <li key={task.id}>
              <SessionTurn task={task} isLast={index === turns.length - 1} />
            </li>
          ))}
        </ol>
        <Stack gap="sm" className="chat-foot">
          {refusal && <ErrorNote error={refusal} title="The question was not taken" />}
          <AskBox
            prompt={prompt}
            setPrompt={setPrompt}
            ask={ask}
            isSubmitting={isSubmitting}
            isReady
            placeholder={isBusy ? 'Ask the next thing already…' : 'Ask on…'}
          >
            <OnBusySelect value={session.on_busy} choose={setOnBusy} />
          </AskBox>
        </Stack>
      </Stack>
      <DeleteSessionDialog
        name={isDeleting ? sessionName(session) : null}
        close={dialog.close}
        remove={async () => {
          if (await remove()) openSession(null)
        }}
      />
    </Container>
  )
}

function NotFound() {
  return (
    <Container size={760} px={0} pt="8vh">
      <Stack align="flex-start">
        <Title order={1} size="h2">
          There is no such conversation here
        </Title>
        <Text c="dimmed">Either the address is wrong, or it belongs to somebody else.</Text>
        <Button onClick={() => openSession(null)}>Start a conversation</Button>
      </Stack>
    </Container>
  )
}
