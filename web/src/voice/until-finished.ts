import { watchTask } from '../../../shared/client/watch-task.ts'
import { isFinished } from '../../../shared/task.ts'
import { supabase } from '../supabase.ts'

/** Resolves when a task has ended, or when the call has. */
export function untilFinished(taskId: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const feed = watchTask(supabase, taskId)
  const look = () => {
    const { task } = feed.getSnapshot()
    if (task && isFinished(task.status)) resolve()
  }
  feed.subscribe(look)
  signal.addEventListener('abort', () => resolve(), { once: true })
  look()
  return promise.finally(feed.close)
}
