import { Checkbox, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { Todo } from '../../../../shared/todos.ts'
import type { useTodoChanges } from '../../hooks/todos/use-todo-changes.ts'
import { dueWords, priorityNames } from '../../words/todo-words.ts'

type Props = { todo: Todo; now: number; edit: () => void } & Pick<ReturnType<typeof useTodoChanges>, 'change'>

/** A todo: the box to check it off, and its words, which open it. */
export function TodoItem({ todo, now, edit, change }: Props) {
  // As it is going to be, until the list says so.
  const [checked, setChecked] = useState<boolean | null>(null)
  const { title, description, is_completed, priority, due_on } = todo
  const due = is_completed ? null : dueWords(due_on, now)
  const notes = priority === 'normal' || is_completed ? [] : [`${priorityNames[priority].toLowerCase()} priority`]
  const check = async (isDone: boolean) => {
    setChecked(isDone)
    await change(todo, { is_completed: isDone })
    setChecked(null)
  }
  return (
    <div className="todo-item" data-done={(checked ?? is_completed) || undefined}>
      <Checkbox
        mt={1}
        aria-label={title}
        checked={checked ?? is_completed}
        disabled={checked !== null}
        onChange={event => void check(event.currentTarget.checked)}
      />
      <div className="todo-words">
        <UnstyledButton className="todo-title" aria-label={`Edit “${title}”`} onClick={edit}>
          {title}
        </UnstyledButton>
        {description && !is_completed && (
          <Text size="xs" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {description}
          </Text>
        )}
        {(due || notes.length > 0) && (
          <Text size="xs" c="dimmed">
            {due && <span className={`todo-${due.tone}`}>{due.text}</span>}
            {due && notes.length > 0 && ' · '}
            {notes.join(' · ')}
          </Text>
        )}
      </div>
    </div>
  )
}
