import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Todo, todoInputs } from '../../../../shared/todos.ts'
import type { useTodoChanges } from '../../hooks/todos/use-todo-changes.ts'
import { priorityNames } from '../../words/todo-words.ts'

type Changes = ReturnType<typeof useTodoChanges>

/** Where a todo is changed, or deleted. */
export function TodoDialog(props: { todo: Todo | null; close: () => void; changes: Changes }) {
  const { todo, close, changes } = props
  return (
    <Modal opened={todo !== null} onClose={close} centered title="Edit the todo">
      {todo && <TodoForm key={todo.id} todo={todo} close={close} changes={changes} />}
    </Modal>
  )
}

const { title: titles, description: descriptions } = todoInputs.todo_create.shape

function TodoForm({ todo, close, changes }: { todo: Todo; close: () => void; changes: Changes }) {
  const [draft, setDraft] = useState({
    title: todo.title,
    description: todo.description ?? '',
    due_on: todo.due_on ?? '',
    priority: todo.priority,
  })
  const set = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part })
  const wrongTitle = titles.safeParse(draft.title).error?.issues[0]?.message
  const wrongDescription = descriptions.safeParse(draft.description).error?.issues[0]?.message
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const fields = { ...draft, title: draft.title.trim(), description: draft.description.trim() || null }
    if (await changes.change(todo, { ...fields, due_on: draft.due_on || null })) close()
  }
  return (
    <form onSubmit={event => void save(event)}>
      <Stack>
        <TextInput
          label="Title"
          data-autofocus
          value={draft.title}
          error={wrongTitle}
          onChange={event => set({ title: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          maxRows={8}
          value={draft.description}
          error={wrongDescription}
          onChange={event => set({ description: event.currentTarget.value })}
        />
        <Group grow align="flex-start">
          <TextInput
            label="Due"
            type="date"
            value={draft.due_on}
            onChange={event => set({ due_on: event.currentTarget.value })}
          />
          <Select
            label="Priority"
            allowDeselect={false}
            data={Object.entries(priorityNames).map(([value, label]) => ({ value, label }))}
            value={draft.priority}
            onChange={value => value && set({ priority: value as Todo['priority'] })}
          />
        </Group>
        <Group justify="space-between" gap="xs" mt="xs">
          <Button
            color="red"
            variant="subtle"
            disabled={changes.isBusy}
            onClick={async () => {
              if (await changes.remove(todo)) close()
            }}
          >
            Delete
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={changes.isBusy} disabled={Boolean(wrongTitle || wrongDescription)}>
              Save
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  )
}
