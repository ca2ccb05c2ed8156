import type { Database, Json } from './database.types.ts'

/** The states of a request; the last three are its ends. See supabase/migrations. */
export type TaskStatus = 'scheduled' | 'pending' | 'processing' | 'waiting' | 'completed' | 'failed' | 'cancelled'

/** Why a task failed or is about to be retried. `code` is stable and meant for programs, `message` for people. */
export type TaskFault = { code: string; message: string; retryable: boolean }

/** What a pipeline says of how far it is: so many of so many, and what it does. */
export type TaskProgress = { done?: number | undefined; total?: number | undefined; text?: string | undefined }

/** A row of `agent_task_requests` as a reader sees it. */
export type AgentTask = Omit<
  Database['public']['Tables']['agent_task_requests']['Row'],
  'status' | 'error' | 'request_payload' | 'response_payload' | 'progress' | 'has_asked'
> & {
  status: TaskStatus
  error: TaskFault | null
  /** How far its pipeline is, while it runs. */
  progress: TaskProgress | null
  request_payload: { prompt?: string; message?: string; context?: Json } & Record<string, Json | undefined>
  response_payload: ({ answer?: string } & Record<string, Json | undefined>) | null
}

/** Tells whether a status is an end. */
export function isFinished(status: TaskStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
