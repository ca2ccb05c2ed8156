import { type TodoTool, todoInputs, todoOutputs } from '../../../shared/todos.ts'

/** What an MCP client may read before it calls: that of a deleted todo nothing is left makes that one destructive. */
export const TOOLS = {
  todo_create: {
    ...declared('todo_create', 'Create a todo', { readOnlyHint: false, destructiveHint: false, idempotentHint: false }),
    description: 'Adds a todo to the user’s list.',
  },
  todo_list: {
    ...declared('todo_list', 'List todos', { readOnlyHint: true, destructiveHint: false, idempotentHint: true }),
    description: 'The user’s todos, the newest first: the open ones, unless told otherwise.',
  },
  todo_update: {
    ...declared('todo_update', 'Change a todo', { readOnlyHint: false, destructiveHint: false, idempotentHint: true }),
    description: 'Changes title, description, day or priority of a todo.',
  },
  todo_complete: {
    ...declared('todo_complete', 'Complete a todo', {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
    }),
    description: 'Marks a todo as completed, or as open again.',
  },
  todo_delete: {
    ...declared('todo_delete', 'Delete a todo', { readOnlyHint: false, destructiveHint: true, idempotentHint: true }),
    description: 'Deletes a todo for good. To check one off, complete it instead.',
  },
}

type Hints = { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean }

function declared<T extends TodoTool>(name: T, title: string, hints: Hints) {
  const annotations = { ...hints, title, openWorldHint: false }
  return { title, inputSchema: todoInputs[name], outputSchema: todoOutputs[name], annotations }
}
