import '../chat/chat.css'
import { Group, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { kinds } from '../../../../shared/kinds.ts'
import type { ToolCall } from '../../hooks/chat/calls-of.ts'
import { useKindSessions } from '../../hooks/chat/use-kind-sessions.ts'
import { useTurnCalls } from '../../hooks/chat/use-turn-calls.ts'
import { useTodoChat } from '../../hooks/todos/use-todo-chat.ts'
import { useStickToBottom } from '../../hooks/use-stick-to-bottom.ts'
import { sessionName } from '../../words/session-words.ts'
import { ChatBox } from '../chat/chat-box.tsx'
import { ChatTurn } from '../chat/chat-turn.tsx'
import { ConversationMenu } from '../chat/conversation-menu.tsx'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { TaskPlaceholder } from '../task-placeholder.tsx'

type Props = {
  userId: string
  sessionId: string | null
  /** On a phone the list may be in its place. */
  isShown: boolean
}

/** A conversation about the user's todos. */
export function TodoChat({ userId, sessionId, isShown }: Props) {
  const { session, turns, missing, error, refusal, say, isSaying, isBusy } = useTodoChat(sessionId)
  const sessions = useKindSessions(userId, 'todo-chat').data ?? []
  const calls = useTurnCalls(sessionId, turns)
  const [text, setText] = useState('')
  useStickToBottom(`${turns?.length} ${calls.size}`, isShown && turns !== null)
  const send = async (said: string) => {
    if (await say(said)) setText('')
  }
  return (
    <section className="chat" aria-label="Chat">
      <Group justify="space-between" wrap="nowrap" gap="sm" mih={30}>
        <Text fw={600} truncate>
          {session ? sessionName(session) : 'Chat about your todos'}
        </Text>
        {(sessions.length > 0 || sessionId !== null) && (
          <ConversationMenu page="todos" sessions={sessions} openId={sessionId} />
        )}
      </Group>
      {missing && (
        <EmptyNote title="There is no such conversation here">It may be deleted, or of somebody else.</EmptyNote>
      )}
      {sessionId === null && <Beginning say={send} isSaying={isSaying} />}
      {sessionId !== null && !turns && !error && <TaskPlaceholder />}
      {!turns && error && <ErrorNote error={error} title="The conversation cannot be read" />}
      {turns && !missing && (
        <ol className="plain-list chat-turns" aria-label="Turns">
          {turns.map((task, index) => (
            <li key={task.id}>
              <ChatTurn task={task} isLast={index === turns.length - 1} calls={calls.get(task.id) ?? none} />
            </li>
          ))}
        </ol>
      )}
      {!missing && (
        <div className="chat-foot">
          {refusal && <ErrorNote error={refusal} title="That was not taken" />}
          <ChatBox
            text={text}
            setText={setText}
            say={send}
            isSaying={isSaying}
            schema={messages}
            placeholder={isBusy ? 'Say the next thing already…' : 'What is there to do?'}
          />
        </div>
      )}
    </section>
  )
}

const messages = kinds['todo-chat'].request.shape.prompt
const none: readonly ToolCall[] = []

const examples = [
  'What is on my list?',
  'Add “Buy milk” to my list',
  'Mark the plants as done',
  'Delete the quarterly report',
]

function Beginning({ say, isSaying }: { say: (text: string) => Promise<void>; isSaying: boolean }) {
  return (
    <div>
      <Text c="dimmed" size="sm" mb="sm">
        Say in your own words what to add, change, check off or delete. Before anything is deleted you are asked.
      </Text>
      <Group gap="xs">
        {examples.map(example => (
          <UnstyledButton
            key={example}
            className="surface pressable chat-example"
            disabled={isSaying}
            onClick={() => void say(example)}
          >
            {example}
          </UnstyledButton>
        ))}
      </Group>
    </div>
  )
}
