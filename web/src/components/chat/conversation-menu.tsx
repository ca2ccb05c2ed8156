import { Button, Menu, Text } from '@mantine/core'
import type { AgentSession } from '../../../../shared/client/session-rows.ts'
import { addressOf, goTo } from '../../hooks/use-address.ts'
import { useNow } from '../../hooks/use-now.ts'
import { IconConversation, IconPlus } from '../../icons.ts'
import { sessionName } from '../../words/session-words.ts'
import { timeAgo } from '../../words/time-words.ts'

type Props = { page: string; sessions: readonly AgentSession[]; openId: string | null; addNew?: boolean }

/** The conversations of a page, and the way to a new one. */
export function ConversationMenu({ page, sessions, openId, addNew = true }: Props) {
  const now = useNow(30_000)
  const open = (session: string | null) => goTo(addressOf({ page, session }))
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <Button size="xs" variant="default" flex="none" leftSection={<IconConversation size={14} />}>
          Conversations
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        {addNew && (
          <Menu.Item leftSection={<IconPlus size={14} />} onClick={() => open(null)}>
            New conversation
          </Menu.Item>
        )}
        {sessions.map(session => (
          <Menu.Item
            key={session.id}
            aria-current={session.id === openId ? 'page' : undefined}
            className="chat-choice"
            onClick={() => open(session.id)}
          >
            <Text size="sm" truncate>
              {sessionName(session)}
            </Text>
            <Text size="xs" c="dimmed">
              {timeAgo(session.updated_at, now)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
