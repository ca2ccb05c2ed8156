import { Button, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { AgentSession } from '../../../../shared/client/session-rows.ts'
import { useNow } from '../../hooks/use-now.ts'
import { openSession } from '../../hooks/use-session-address.ts'
import { useSessionList } from '../../hooks/use-session-list.ts'
import { sessionName } from '../../words/session-words.ts'
import { timeAgo } from '../../words/time-words.ts'

type Props = { userId: string; openId: string | null; onChoose: () => void }

const mostAtOnce = 5

/** The user's conversations, those last used first. Nothing where there are none. */
export function SessionList({ userId, openId, onChoose }: Props) {
  const { sessions } = useSessionList(userId)
  const [isWhole, setWhole] = useState(false)
  const now = useNow(30_000)
  if (!sessions || sessions.length === 0) return null
  const shown = isWhole ? sessions : sessions.slice(0, mostAtOnce)
  return (
    <>
      <Text component="h2" size="xs" fw={600} c="dimmed" px="xs" py={6}>
        Conversations
      </Text>
      <ul className="plain-list" aria-label="Conversations">
        {shown.map(session => (
          <li key={session.id}>
            <SessionItem
              session={session}
              now={now}
              isOpen={session.id === openId}
              open={() => {
                openSession(session.id)
                onChoose()
              }}
            />
          </li>
        ))}
      </ul>
      {!isWhole && sessions.length > mostAtOnce && (
        <Button size="compact-xs" variant="subtle" color="gray" mx={4} onClick={() => setWhole(true)}>
          Show all
        </Button>
      )}
    </>
  )
}

function SessionItem(props: { session: AgentSession; now: number; isOpen: boolean; open: () => void }) {
  const { session, now, isOpen, open } = props
  return (
    <UnstyledButton
      className="history-item"
      px="xs"
      py={7}
      w="100%"
      aria-current={isOpen ? 'page' : undefined}
      onClick={open}
    >
      <Text size="sm" truncate lh={1.35}>
        {sessionName(session)}
      </Text>
      <Text size="xs" c="dimmed">
        {timeAgo(session.updated_at, now)}
      </Text>
    </UnstyledButton>
  )
}
