import { errorOfResponse } from './agent-task-error.ts'
import { type AgentSession, type OnBusy, parseSession, sessionColumns } from './session-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

const longestTitle = 80

/**
 * Begins a conversation. Submit tasks with its id as `sessionId` and for the same enterprise.
 * @throws AgentTaskError `not_allowed`, `signed_out`, `unreachable`
 */
export async function createAgentSession(
  supabase: Supabase,
  { enterpriseId, title, onBusy }: { enterpriseId?: string | null; title?: string; onBusy?: OnBusy } = {},
): Promise<AgentSession> {
  const row = {
    id: crypto.randomUUID(),
    ...(enterpriseId && { enterprise_id: enterpriseId }),
    ...(title && { title: shortened(title) }),
    ...(onBusy && { on_busy: onBusy }),
  }
  const { data, error, status } = await supabase
    .from('agent_sessions')
    .insert(row)
    .select(sessionColumns)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .single()
  if (error) throw errorOfResponse(error, status)
  return parseSession(data)
}

/** Renames a conversation, or says what becomes of tasks that come while it is busy. @throws AgentTaskError */
export async function changeAgentSession(
  supabase: Supabase,
  sessionId: string,
  { title, onBusy }: { title?: string; onBusy?: OnBusy },
): Promise<void> {
  const change = { ...(title !== undefined && { title: shortened(title) }), ...(onBusy && { on_busy: onBusy }) }
  const { error, status } = await supabase
    .from('agent_sessions')
    .update(change)
    .eq('id', sessionId)
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
}

/** Removes a conversation with all its tasks. @throws AgentTaskError */
export async function deleteAgentSession(supabase: Supabase, sessionId: string): Promise<void> {
  const { error, status } = await supabase
    .from('agent_sessions')
    .delete()
    .eq('id', sessionId)
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
}

function shortened(title: string): string {
  const line = title.trim().replaceAll(/\s+/g, ' ')
  return line.length <= longestTitle ? line : `${line.slice(0, longestTitle - 1)}…`
}
