import type { Json } from '../database.types.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** What somebody says to a tool call. */
export type Decision = {
  decision: 'approve' | 'reject'
  /** For the agent and for the record. */
  reason?: string
  /**
   * Where the approval may be edited: what is approved. Always say what was read there, since somebody may have changed
   * it meanwhile; where it differs from what stands there, it is an edit.
   */
  arguments?: Json
}

/**
 * Approves or rejects a tool call. Saying the same again changes nothing.
 * @throws AgentTaskError `not_allowed` if it is not the user's to decide, `not_open` if it has been decided, has expired or
 * its task has ended, `invalid_request` for arguments that cannot be
 */
export async function decideAgentApproval(
  supabase: Supabase,
  approvalId: string,
  { decision, reason, arguments: edited }: Decision,
): Promise<void> {
  const { error, status } = await supabase
    .rpc('decide_agent_approval', {
      approval_id: approvalId,
      decision,
      ...(reason?.trim() && { reason: reason.trim() }),
      ...(edited !== undefined && { edited_arguments: edited }),
    })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status, { conflict: 'not_open' })
}
