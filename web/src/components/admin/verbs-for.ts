import type { TaskStatus } from '../../../../shared/task.ts'
import type { BulkVerb } from '../../words/bulk-words.ts'

const verbs: Record<TaskStatus, BulkVerb[]> = {
  scheduled: ['cancel', 'prioritize'],
  pending: ['cancel', 'prioritize'],
  processing: ['cancel', 'reset', 'prioritize'],
  waiting: ['cancel', 'prioritize'],
  completed: [],
  failed: ['retry'],
  cancelled: ['retry'],
}

/** What can be done with a task in its present state. */
export function verbsFor({ status }: { status: TaskStatus }): readonly BulkVerb[] {
  return verbs[status]
}
