import type { TaskStatus } from '../../../shared/task.ts'
import type { QueueOverview } from '../hooks/admin/use-queue-overview.ts'
import { counted } from './number-words.ts'

/** How many tasks are in a state, in all kinds. */
export function tasksIn(overview: QueueOverview, status: TaskStatus): number {
  return overview.depth.filter(row => row.status === status).reduce((total, { tasks }) => total + tasks, 0)
}

/** What needs a person, in sentences; none when all is well. */
export function alarmsOf(overview: QueueOverview): string[] {
  const waiting = tasksIn(overview, 'pending')
  const paused = overview.kinds.filter(({ paused_at }) => paused_at !== null).map(({ kind }) => `“${kind}”`)
  return [
    overview.workers.length === 0 && 'No worker is alive: nothing is being done. Start one, or look at its log.',
    overview.stuck > 0 &&
      `${counted(overview.stuck, 'task')} ${overview.stuck === 1 ? 'is' : 'are'} stuck: the worker has gone silent. The next upkeep gives such tasks to another worker; you can reset them now.`,
    paused.length > 0 && `${paused.join(', ')} ${paused.length === 1 ? 'is' : 'are'} paused by an admin.`,
    waiting > 0 &&
      overview.workers.length > 0 &&
      (overview.oldest_pending_seconds ?? 0) > 300 &&
      paused.length === 0 &&
      'The oldest task has been waiting for more than five minutes: more workers, or higher limits, would help.',
  ].filter(alarm => alarm !== false)
}
