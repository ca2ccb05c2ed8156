import { emptyTaskListView, type TaskListView, watchTasks } from '../../../shared/client/watch-tasks.ts'
import { supabase } from '../supabase.ts'
import { useFeed } from './use-feed.ts'

const limit = 50

/** The user's latest tasks, live. */
export function useTaskList(userId: string): TaskListView {
  return useFeed({ key: userId, open: openTasks, empty: emptyTaskListView })
}

function openTasks(userId: string) {
  return watchTasks(supabase, { userId, limit })
}
