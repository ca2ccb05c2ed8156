import { useCallback, useMemo, useState } from 'react'
import { type AgentTaskError, errorOfTask } from '../../../shared/client/agent-task-error.ts'
import { cancelAgentTask } from '../../../shared/client/cancel-agent-task.ts'
import { retryAgentTask } from '../../../shared/client/retry-agent-task.ts'
import { insertAgentTask, type Submission } from '../../../shared/client/submit-agent-task.ts'
import { emptyTaskView, watchTask } from '../../../shared/client/watch-task.ts'
import type { Kind } from '../../../shared/kinds.ts'
import { type AgentTask, isFinished } from '../../../shared/task.ts'
import { supabase } from '../supabase.ts'
import { useFeed } from './use-feed.ts'
import { useOutcome } from './use-outcome.ts'
import { useRequests } from './use-requests.ts'

type Options = {
  /** The tenant for whom tasks are submitted. */
  enterpriseId?: string | null
  /** Adopts this task, for example after a reload; left out, it is the one submitted last. */
  taskId?: string | null
  /** Called when the task completes while it is watched here. */
  onComplete?: (task: AgentTask) => void
  /** Called when a submission is refused, or the task fails or is cancelled while it is watched here. */
  onError?: (error: AgentTaskError) => void
}

/** Submits a task and shows how it fares, live: its row, the text and the steps so far. */
export function useAgentTask({ enterpriseId, taskId, onComplete, onError }: Options = {}) {
  const [submitted, setSubmitted] = useState<AgentTask | null>(null)
  const id = taskId === undefined ? (submitted?.id ?? null) : taskId
  const view = useFeed({ key: id, open: openTask, empty: emptyTaskView })
  const currentTask = view.task ?? (submitted?.id === id ? submitted : null)
  const taskError = useMemo(() => currentTask && errorOfTask(currentTask), [currentTask])
  const { run, running, refusal } = useRequests(id, onError)
  useOutcome(currentTask, { onComplete, onError })

  const submitTask = useCallback(
    <K extends Kind = 'assistant'>(submission: Submission<K>) =>
      run('submit', async () => {
        const task = await insertAgentTask<K>(supabase, { enterpriseId: enterpriseId ?? null, ...submission })
        setSubmitted(task)
        return task
      }),
    [run, enterpriseId],
  )
  const cancel = useCallback(() => run('cancel', () => changeTask(cancelAgentTask, id)), [run, id])
  const retry = useCallback(() => run('retry', () => changeTask(retryAgentTask, id)), [run, id])

  return {
    ...view,
    /** Resolves with the inserted row, or with null if it was refused; `error` then says why. */
    submitTask,
    cancel,
    retry,
    isSubmitting: running === 'submit',
    isCancelling: running === 'cancel',
    isRetrying: running === 'retry',
    isProcessing: id !== null && !view.missing && !(currentTask && isFinished(currentTask.status)),
    currentTask,
    /** Why the last request was refused, or else why the task failed. `readError` is trouble with the news of it. */
    error: refusal ?? taskError,
    readError: view.error,
  }
}

function openTask(taskId: string) {
  return watchTask(supabase, taskId)
}

async function changeTask(change: typeof cancelAgentTask, taskId: string | null): Promise<AgentTask | null> {
  return taskId === null ? null : await change(supabase, taskId)
}
