import { useCallback, useEffect, useRef, useState } from 'react'
import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { AgentTask } from '../../../shared/task.ts'

type RequestName = 'submit' | 'cancel' | 'retry'

/**
 * Runs what the user asks for. Tells which request is under way and why the last one was refused; a refusal belongs
 * to the task that was shown (`taskId`) and is not shown with another.
 */
export function useRequests(taskId: string | null, onError: ((error: AgentTaskError) => void) | undefined) {
  const [running, setRunning] = useState<RequestName | null>(null)
  const [refused, setRefused] = useState<{ taskId: string | null; error: AgentTaskError } | null>(null)
  const latestOnError = useRef(onError)
  useEffect(() => {
    latestOnError.current = onError
  })

  const run = useCallback(
    async (name: RequestName, request: () => Promise<AgentTask | null>): Promise<AgentTask | null> => {
      setRunning(name)
      setRefused(null)
      try {
        return await request()
      } catch (error) {
        if (!(error instanceof AgentTaskError)) throw error
        setRefused({ taskId, error })
        latestOnError.current?.(error)
        return null
      } finally {
        setRunning(null)
      }
    },
    [taskId],
  )
  return { run, running, refusal: refused?.taskId === taskId ? refused.error : null }
}
