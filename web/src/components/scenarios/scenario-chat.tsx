import '../chat/chat.css'
import { Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Scenario } from '../../../../shared/client/scenario-rows.ts'
import { kinds } from '../../../../shared/kinds.ts'
import { useTurnCalls } from '../../hooks/chat/use-turn-calls.ts'
import { talkOf } from '../../hooks/scenarios/talk-of.ts'
import { titlesOf, useDefinition } from '../../hooks/scenarios/use-definition.ts'
import { useScenarioChat } from '../../hooks/scenarios/use-scenario-chat.ts'
import { useScenarioSession } from '../../hooks/scenarios/use-scenario-session.ts'
import { useStickToBottom } from '../../hooks/use-stick-to-bottom.ts'
import { ChatBox } from '../chat/chat-box.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { TaskPlaceholder } from '../task-placeholder.tsx'
import { EscalationNote } from './escalation-note.tsx'
import { ScenarioCast } from './scenario-cast.tsx'
import { SpeakerMenu } from './speaker-menu.tsx'
import { TalkList } from './talk-list.tsx'

type Props = {
  sessionId: string | null
  /** To begin one with. */
  scenario: Scenario | null
  enterpriseId: string | null
  onBegun: (sessionId: string) => void
  /** It is not all of its page, which then is not scrolled for it. */
  isPart?: boolean
  /** Beside the title. */
  children?: ReactNode
}

const messages = kinds.scenario.request.shape.message

/** A conversation with the agents of a scenario. */
export function ScenarioChat({ sessionId, scenario, enterpriseId, onBegun, isPart = false, children }: Props) {
  const chat = useScenarioChat(sessionId, scenario && { scenarioId: scenario.id, enterpriseId, onBegun })
  const { begun, said, decisions, escalation } = useScenarioSession(sessionId)
  const { data: definition } = useDefinition(versionOf(begun ?? null, scenario))
  const calls = useTurnCalls(sessionId, chat.turns)
  const [text, setText] = useState('')
  const [wanted, want] = useState<string | null>(null)
  const titles = titlesOf(definition)
  const isKnown = chat.turns !== null && said !== null
  const talk = talkOf({ turns: chat.turns ?? [], said: said ?? [], decisions })
  useStickToBottom(`${talk.length} ${calls.size} ${escalation?.status}`, isKnown && !isPart)
  const send = async (message: string) => {
    if (!(await chat.say(message, wanted))) return
    setText('')
    want(null)
  }
  return (
    <section className="chat" aria-label="Chat">
      <Group justify="space-between" wrap="nowrap" gap="sm" mih={30}>
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Text fw={600} truncate>
            {definition?.title ?? scenario?.title ?? 'Conversation'}
          </Text>
          {begun && definition && (
            <SpeakerMenu
              agents={definition.agents}
              active={begun.active_agent}
              wanted={wanted}
              want={want}
              isPerson={escalation !== null}
            />
          )}
        </Group>
        {children}
      </Group>
      {chat.missing && (
        <EmptyNote title="There is no such conversation here">It may be deleted, or of somebody else.</EmptyNote>
      )}
      {sessionId === null && definition && <ScenarioCast definition={definition} />}
      {sessionId !== null && !isKnown && !chat.error && <TaskPlaceholder />}
      {!chat.turns && chat.error && <ErrorNote error={chat.error} title="The conversation cannot be read" />}
      {isKnown && !chat.missing && <TalkList talk={talk} calls={calls} titles={titles} isPart={isPart} />}
      {!chat.missing && (
        <Stack gap="sm" className={isPart ? undefined : 'chat-foot'}>
          {escalation && <EscalationNote escalation={escalation} />}
          {chat.refusal && <ErrorNote error={chat.refusal} title="That was not taken" />}
          <ChatBox
            text={text}
            setText={setText}
            say={send}
            isSaying={chat.isSaying}
            schema={messages}
            placeholder={chat.isBusy ? 'Say the next thing already…' : 'Say something…'}
          />
        </Stack>
      )}
    </section>
  )
}

function versionOf(begun: { scenario_id: string; version: number } | null, scenario: Scenario | null) {
  if (begun) return { scenarioId: begun.scenario_id, version: begun.version }
  return scenario && { scenarioId: scenario.id, version: scenario.version }
}
