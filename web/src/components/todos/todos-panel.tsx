import './todos.css'
import { SegmentedControl, Title } from '@mantine/core'
import { useTodos } from '../../hooks/todos/use-todos.ts'
import { addressOf, goTo, useAddress } from '../../hooks/use-address.ts'
import { useSessionId } from '../../hooks/use-session-address.ts'
import { TodoChat } from './todo-chat.tsx'
import { TodoList } from './todo-list.tsx'

/** The user's todos beside the conversation about them; on a phone one of the two. */
export function TodosPanel({ userId }: { userId: string }) {
  const sessionId = useSessionId()
  const isList = useAddress().get('view') === 'list'
  const view = useTodos(userId)
  const open = view.todos?.filter(todo => !todo.is_completed).length
  const choose = (chosen: string) =>
    goTo(addressOf({ page: 'todos', session: sessionId, view: chosen === 'list' ? chosen : null }), { replace: true })
  return (
    <div className="todo-page" data-view={isList ? 'list' : 'chat'}>
      <Title order={1} className="visually-hidden">
        Todos
      </Title>
      <SegmentedControl
        hiddenFrom="md"
        fullWidth
        aria-label="What to show"
        data={[
          { value: 'chat', label: 'Chat' },
          { value: 'list', label: open === undefined ? 'Todos' : `Todos (${open})` },
        ]}
        value={isList ? 'list' : 'chat'}
        onChange={choose}
      />
      <TodoChat key={sessionId} userId={userId} sessionId={sessionId} isShown={!isList} />
      <TodoList userId={userId} view={view} />
    </div>
  )
}
