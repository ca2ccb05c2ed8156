import { ActionIcon, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { todoInputs } from '../../../../shared/todos.ts'
import type { useTodoChanges } from '../../hooks/todos/use-todo-changes.ts'
import { IconPlus } from '../../icons.ts'

const titles = todoInputs.todo_create.shape.title

/** Where a todo is added in a line. */
export function NewTodo({ add }: Pick<ReturnType<typeof useTodoChanges>, 'add'>) {
  const [title, setTitle] = useState('')
  const { success, error } = titles.safeParse(title)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!success) return
    setTitle('')
    // What was refused need not be typed again.
    if (!(await add({ title: title.trim() }))) setTitle(now => now || title)
  }
  return (
    <form onSubmit={event => void submit(event)}>
      <TextInput
        aria-label="A new todo"
        placeholder="Add a todo…"
        value={title}
        error={title.trim() ? error?.issues[0]?.message : undefined}
        onChange={event => setTitle(event.currentTarget.value)}
        rightSection={
          <ActionIcon type="submit" variant="subtle" aria-label="Add" disabled={!success}>
            <IconPlus size={16} />
          </ActionIcon>
        }
      />
    </form>
  )
}
