import type { AgentTask } from '../../shared/task.ts'

/** A row of `agent_task_requests` for tests that need no database. */
export function aTask(differences: Partial<AgentTask> = {}): AgentTask {
  const ended = ['completed', 'failed', 'cancelled'].includes(differences.status ?? 'pending')
  return {
    id: '5f3b1c9a-6f0e-4a57-9d0c-0d8d5c3c1a11',
    enterprise_id: null,
    user_id: null,
    kind: 'assistant',
    status: 'pending',
    priority: 0,
    run_at: '2026-11-21T10:00:00+00:00',
    life: 1,
    attempt: 0,
    max_attempts: 5,
    crash_count: 0,
    snooze_count: 0,
    deadline_at: null,
    idempotency_key: null,
    supersede_key: null,
    parent_id: null,
    schedule_id: null,
    scheduled_for: null,
    session_id: null,
    correlation_id: null,
    token_budget: null,
    cost_budget: null,
    progress: null,
    request_payload: { prompt: 'What time is it?' },
    response_payload: null,
    error: null,
    version: 1,
    cancel_requested_at: null,
    created_at: '2026-11-21T10:00:00+00:00',
    updated_at: '2026-11-21T10:00:00+00:00',
    started_at: null,
    finished_at: ended ? '2026-11-21T10:00:09+00:00' : null,
    ...differences,
  }
}
