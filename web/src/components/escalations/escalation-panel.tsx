import '../chat/chat.css'
import { Badge, Button, Group, Text, Title } from '@mantine/core'
import { useId, useState } from 'react'
import type { EscalatedSession } from '../../../../shared/client/watch-escalations.ts'
import { kinds } from '../../../../shared/kinds.ts'
import { titlesOf, useDefinition } from '../../hooks/scenarios/use-definition.ts'
import { useEscalationVerbs } from '../../hooks/scenarios/use-escalation-verbs.ts'
import { useScenarioSession } from '../../hooks/scenarios/use-scenario-session.ts'
import { usePeople } from '../../hooks/use-people.ts'
import { personName } from '../../words/approval-words.ts'
import { ChatBox } from '../chat/chat-box.tsx'
import { ErrorNote } from '../error-note.tsx'
import { Transcript } from './transcript.tsx'

// A person may say as much as a user.
const messages = kinds.scenario.request.shape.message

/** A conversation that waits for a person: what was said, live, and the way to answer. */
export function EscalationPanel({ escalation, userId }: { escalation: EscalatedSession; userId: string }) {
  const { id, session, reason, status, taken_by } = escalation
  const heading = useId()
  const { begun, said, error } = useScenarioSession(session.id)
  const { data: definition } = useDefinition(begun && { scenarioId: begun.scenario_id, version: begun.version })
  const { take, answer, close, isBusy } = useEscalationVerbs()
  const people = usePeople([session.user_id, taken_by])
  const [text, setText] = useState('')
  const isMine = status === 'taken' && taken_by === userId
  const send = async (answered: string) => {
    if (await answer(id, answered)) setText('')
  }
  return (
    <section className="surface desk-panel" aria-labelledby={heading}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div style={{ flex: '1 1 260px', minWidth: 0 }}>
          <Title order={2} id={heading} fz="md" fw={600}>
            {personName(session.user_id, userId, people)}
            {definition && ` · ${definition.title}`}
          </Title>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {reason}
          </Text>
        </div>
        <Group gap="xs">
          {status === 'open' && (
            <Button size="xs" loading={isBusy} onClick={() => void take(id)}>
              Take over
            </Button>
          )}
          {status === 'taken' && !isMine && (
            <Badge variant="light" tt="none" fw={500}>
              With {personName(taken_by, userId, people)}
            </Badge>
          )}
          <Button size="xs" variant="default" disabled={isBusy} onClick={() => void close(id)}>
            Give back to the agents
          </Button>
        </Group>
      </Group>
      {error && !said && <ErrorNote error={error} title="The conversation cannot be read" />}
      <Transcript said={said} titles={titlesOf(definition)} />
      {isMine ? (
        <ChatBox
          text={text}
          setText={setText}
          say={send}
          isSaying={isBusy}
          schema={messages}
          placeholder="Answer in the agents’ place…"
        />
      ) : (
        <Text size="sm" c="dimmed">
          {status === 'open'
            ? 'Take it over to answer. Until then nobody does: the agents keep silent.'
            : 'Only who has taken it over answers.'}
        </Text>
      )}
    </section>
  )
}
