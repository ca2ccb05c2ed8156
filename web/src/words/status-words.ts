import type { AgentTask, TaskStatus } from '../../../shared/task.ts'
import { clockTime, duration } from './time-words.ts'

/** A status in one word, as the list shows it. */
export const statusName: Record<TaskStatus, string> = {
  scheduled: 'Scheduled',
  pending: 'Waiting',
  processing: 'Working',
  waiting: 'Parked',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** The colour of a status; never the only sign of it. */
export const statusColor: Record<TaskStatus, string> = {
  scheduled: 'yellow',
  pending: 'gray',
  processing: 'blue.5',
  waiting: 'blue',
  completed: 'pine',
  failed: 'red',
  cancelled: 'gray',
}

/** What a task is doing, in plain words; `isAsking` if it waits for people to decide. */
export function describeStatus(task: AgentTask, agent: string | null, isAsking = false): string {
  switch (task.status) {
    case 'scheduled':
      return describeWait(task)
    case 'pending':
      return task.attempt > 0 ? 'Waiting for another worker' : 'Waiting for a worker'
    case 'processing':
      return describeWork(task, agent)
    case 'waiting':
      return isAsking ? 'Waiting for a decision' : 'Waiting'
    case 'completed':
      return `Completed${howLong(task)}`
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Cancelled'
  }
}

function describeWait({ run_at, error, attempt, max_attempts }: AgentTask): string {
  if (!error) return `Starts at ${clockTime(run_at)}`
  return `Will retry at ${clockTime(run_at)} (attempt ${attempt + 1} of ${max_attempts}): ${error.message}`
}

function describeWork({ cancel_requested_at, attempt, max_attempts }: AgentTask, agent: string | null): string {
  if (cancel_requested_at) return 'Stopping'
  const who = agent ? `${agent} is working` : 'Working'
  return attempt > 1 ? `${who} (attempt ${attempt} of ${max_attempts})` : who
}

function howLong({ started_at, finished_at }: AgentTask): string {
  if (!started_at || !finished_at) return ''
  return ` in ${duration(Date.parse(finished_at) - Date.parse(started_at))}`
}
