import { emptyTodosView, type TodosView, watchTodos } from '../../../../shared/client/watch-todos.ts'
import { supabase } from '../../supabase.ts'
import { useFeed } from '../use-feed.ts'

/** The user's own todos, live. */
export function useTodos(userId: string): TodosView {
  return useFeed({ key: userId, open: openTodos, empty: emptyTodosView })
}

/** Reads them again at once: of one's own change one need not wait to hear. */
export function readTodosAnew(userId: string): void {
  const feed = openTodos(userId)
  feed.refresh()
  feed.close()
}

function openTodos(userId: string) {
  return watchTodos(supabase, userId)
}
