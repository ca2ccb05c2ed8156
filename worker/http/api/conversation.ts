import { createAgentSession, deleteAgentSession } from '../../../shared/client/agent-session.ts'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { insertAgentTask } from '../../../shared/client/submit-agent-task.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import type { Caller } from '../caller.ts'
import { Refusal } from '../refusal.ts'

type Message = { message: string; conversation_id?: string | null | undefined; correlationId: string }

/** Submits a message as a turn of a conversation of the caller, or of a new one. @throws Refusal, AgentTaskError */
export async function submitMessage(
  caller: Caller,
  { message, conversation_id, correlationId }: Message,
): Promise<string> {
  const submit = async (sessionId: string) =>
    (await insertAgentTask(caller.supabase, { kind: 'todo-chat', prompt: message, sessionId, correlationId })).id
  if (conversation_id) {
    await insistOnOwn(caller, conversation_id)
    return submit(conversation_id)
  }
  // Whoever waits for an answer had better be told that another one is under way than wait for both.
  const { id } = await createAgentSession(caller.supabase, { title: message, onBusy: 'reject' })
  try {
    return await submit(id)
  } catch (error) {
    // A conversation in which nothing was said helps nobody; that it stays harms nobody.
    await deleteAgentSession(caller.supabase, id).catch(() => undefined)
    throw error
  }
}

/** One of an enterprise is none for todos: its admins read along. */
async function insistOnOwn({ supabase, userId }: Caller, id: string): Promise<void> {
  const query = supabase.from('agent_sessions').select('id').match({ id, user_id: userId }).is('enterprise_id', null)
  const { data, error, status } = await query.abortSignal(AbortSignal.timeout(patienceMs)).maybeSingle()
  if (error) throw errorOfResponse(error, status)
  if (data === null) throw new Refusal('conversation_not_found', `There is no conversation ${id} of yours.`)
}
