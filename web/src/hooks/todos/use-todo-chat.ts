import { createAgentSession } from '../../../../shared/client/agent-session.ts'
import { insertAgentTask } from '../../../../shared/client/submit-agent-task.ts'
import { supabase } from '../../supabase.ts'
import { addressOf, goTo } from '../use-address.ts'
import { useRequests } from '../use-requests.ts'
import { useAgentSession } from '../useAgentSession.ts'

const kind = 'todo-chat'

/** A conversation about the user's todos, live; with null, one that begins with its first message. */
export function useTodoChat(sessionId: string | null) {
  const { submitTask, isSubmitting, refusal, ...session } = useAgentSession(sessionId)
  const beginning = useRequests(null, undefined)

  // Of no enterprise: the todos are the user's alone.
  const begin = (prompt: string) =>
    beginning.run('submit', async () => {
      const { id } = await createAgentSession(supabase, { title: prompt })
      const task = await insertAgentTask(supabase, { kind, prompt, sessionId: id })
      goTo(addressOf({ page: 'todos', session: id }))
      return task
    })
  return {
    ...session,
    /** Resolves whether it was taken; `refusal` says why not. */
    say: async (prompt: string) => (await (sessionId ? submitTask({ kind, prompt }) : begin(prompt))) !== null,
    isSaying: isSubmitting || beginning.running !== null,
    refusal: refusal ?? beginning.refusal,
  }
}
