import { useCallback } from 'react'
import { changeAgentSession, deleteAgentSession } from '../../../shared/client/agent-session.ts'
import type { OnBusy } from '../../../shared/client/session-rows.ts'
import { insertAgentTask, type Submission } from '../../../shared/client/submit-agent-task.ts'
import { emptySessionView, watchSession } from '../../../shared/client/watch-session.ts'
import { watchSessions } from '../../../shared/client/watch-sessions.ts'
import type { Kind } from '../../../shared/kinds.ts'
import { isFinished } from '../../../shared/task.ts'
import { supabase } from '../supabase.ts'
import { useChange } from './use-change.ts'
import { useFeed } from './use-feed.ts'
import { useRequests } from './use-requests.ts'
import { useUserId } from './use-user-id.ts'

/**
 * A conversation, live: its tasks in the order of their `turns`, and how to go on with it. What a turn writes meanwhile is
 * told by `useAgentTask({ taskId })`. Null shows none.
 */
export function useAgentSession(sessionId: string | null) {
  const userId = useUserId()
  const key = userId !== null && sessionId !== null ? `${userId}/${sessionId}` : null
  const view = useFeed({ key, open: openSession, empty: emptySessionView })
  const { run, running, refusal } = useRequests(sessionId, undefined)
  const { run: change } = useChange()
  const enterpriseId = view.session?.enterprise_id ?? null

  const submitTask = useCallback(
    <K extends Kind = 'assistant'>(submission: Submission<K>) =>
      run('submit', async () =>
        sessionId === null ? null : await insertAgentTask<K>(supabase, { ...submission, sessionId, enterpriseId }),
      ),
    [run, sessionId, enterpriseId],
  )
  return {
    ...view,
    /** Resolves with the inserted row, or with null if it was refused; `refusal` then says why. */
    submitTask,
    isSubmitting: running === 'submit',
    refusal,
    /** One of its turns is under way. */
    isBusy: view.turns?.some(({ status }) => !isFinished(status)) ?? false,
    setOnBusy: (onBusy: OnBusy) =>
      change(
        () => changeAgentSession(supabase, sessionId ?? '', { onBusy }),
        'That holds for what you ask from now on.',
      ),
    remove: () =>
      change(async () => {
        await deleteAgentSession(supabase, sessionId ?? '')
        if (userId !== null) readListAnew(userId)
      }, 'The conversation is deleted.'),
  }
}

function readListAnew(userId: string): void {
  const list = watchSessions(supabase, userId)
  list.refresh()
  list.close()
}

function openSession(key: string) {
  const [userId = '', sessionId = ''] = key.split('/')
  return watchSession(supabase, { userId, sessionId })
}
