import type { Approval } from '../../shared/client/approval-rows.ts'

/** An approval for tests that need no database. */
export function anApproval(differences: Partial<Approval> = {}): Approval {
  return {
    id: 'c2a5a5f6-7a53-4dd8-9d0f-000000000001',
    task_id: '5f3b1c9a-6f0e-4a57-9d0c-0d8d5c3c1a11',
    life: 1,
    key: 'tool:/call_1',
    enterprise_id: 'acme',
    asker_id: 'ada',
    agent: 'Refunds',
    agent_title: null,
    tool_name: 'refund_order',
    arguments: { order_id: 'A-1' },
    status: 'open',
    decider: 'admin',
    quorum: 1,
    not_asker: false,
    may_edit: false,
    expires_at: null,
    reason: null,
    edited_arguments: null,
    decided_by: null,
    decided_at: null,
    created_at: '2026-11-21T10:00:00+00:00',
    decisions: [],
    ...differences,
  }
}
