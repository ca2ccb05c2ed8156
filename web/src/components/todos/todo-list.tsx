import { Group, SegmentedControl, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core'
import { useId, useState } from 'react'
import type { TodosView } from '../../../../shared/client/watch-todos.ts'
import type { Todo } from '../../../../shared/todos.ts'
import { useTodoChanges } from '../../hooks/todos/use-todo-changes.ts'
import { useNow } from '../../hooks/use-now.ts'
import { counted } from '../../words/number-words.ts'
import { chosenTodos, type TodoFilter, todoFilters } from '../../words/todo-words.ts'
import { EmptyNote } from '../empty-note.tsx'
import { ErrorNote } from '../error-note.tsx'
import { NewTodo } from './new-todo.tsx'
import { TodoDialog } from './todo-dialog.tsx'
import { TodoItem } from './todo-item.tsx'

const everyMs = 60_000
// Fewer are overlooked without searching.
const fewTodos = 8

/** The user's todos, to be kept by hand, too. */
export function TodoList({ userId, view: { todos, hasMore, error } }: { userId: string; view: TodosView }) {
  const id = useId()
  const changes = useTodoChanges(userId)
  const [filter, setFilter] = useState<TodoFilter>('open')
  const [text, setText] = useState('')
  const [edited, edit] = useState<Todo | null>(null)
  const now = useNow(everyMs)
  const open = todos?.filter(todo => !todo.is_completed).length ?? 0
  const shown = chosenTodos(todos ?? [], filter, text)
  return (
    <section aria-labelledby={id} className="surface todo-list">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Title order={2} id={id} fz="md" fw={600}>
            Your todos
          </Title>
          <Text size="xs" c="dimmed" className="tabular" aria-live="polite">
            {todos && `${counted(open, 'todo')} open`}
          </Text>
        </Group>
        <NewTodo add={changes.add} />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Which todos"
          data={Object.entries(todoFilters).map(([value, label]) => ({ value, label }))}
          value={filter}
          onChange={value => setFilter(value as TodoFilter)}
        />
        {(todos?.length ?? 0) > fewTodos && (
          <TextInput
            size="xs"
            type="search"
            aria-label="Search in todos"
            placeholder="Search…"
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
        )}
        {!todos && error && <ErrorNote error={error} title="The todos cannot be read" />}
        {!todos && !error && <Waiting />}
        {todos && shown.length === 0 && <Nothing filter={filter} isSearch={text.trim() !== ''} />}
        <ul className="plain-list" aria-label={`${todoFilters[filter]} todos`}>
          {shown.map(todo => (
            <li key={todo.id}>
              <TodoItem todo={todo} now={now} change={changes.change} edit={() => edit(todo)} />
            </li>
          ))}
        </ul>
        {hasMore && (
          <Text size="xs" c="dimmed">
            There are more. Ask in the chat for those that are not shown.
          </Text>
        )}
      </Stack>
      <TodoDialog todo={edited} close={() => edit(null)} changes={changes} />
    </section>
  )
}

function Nothing({ filter, isSearch }: { filter: TodoFilter; isSearch: boolean }) {
  if (isSearch) return <EmptyNote title="Nothing is called so" />
  if (filter === 'completed') return <EmptyNote title="Nothing is done yet" />
  return <EmptyNote title="Nothing to do">Write what there is to do above, or say it in the chat.</EmptyNote>
}

function Waiting() {
  return (
    <Stack gap="xs" aria-busy aria-label="Loading the todos">
      {[80, 60, 70].map(width => (
        <Skeleton key={width} h={26} w={`${width}%`} />
      ))}
    </Stack>
  )
}
