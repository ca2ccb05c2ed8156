import { useState } from 'react'
import { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { changeTodo, createTodo, deleteTodo, type TodoFields } from '../../../../shared/client/todos.ts'
import type { Todo } from '../../../../shared/todos.ts'
import { supabase } from '../../supabase.ts'
import { useNotice } from '../use-notice.ts'
import { readTodosAnew } from './use-todos.ts'

/** What can be done with todos by hand. Each resolves whether it was done; why not is told in a notice. */
export function useTodoChanges(userId: string) {
  const { tell, complain } = useNotice()
  const [isBusy, setBusy] = useState(false)

  // What is seen to happen in the list needs no words.
  async function run(change: () => Promise<Todo>, done?: string): Promise<boolean> {
    setBusy(true)
    try {
      await change()
      if (done) tell(done)
      return true
    } catch (error) {
      if (!(error instanceof AgentTaskError)) throw error
      complain(error)
      return false
    } finally {
      setBusy(false)
      readTodosAnew(userId)
    }
  }
  return {
    isBusy,
    add: (fields: TodoFields & { title: string }) => run(() => createTodo(supabase, fields)),
    change: ({ id }: Todo, fields: TodoFields) => run(() => changeTodo(supabase, id, fields)),
    remove: ({ id, title }: Todo) => run(() => deleteTodo(supabase, id), `“${title}” is deleted.`),
  }
}
