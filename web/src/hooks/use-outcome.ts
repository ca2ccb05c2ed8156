import { useEffect, useEffectEvent, useRef } from 'react'
import { type AgentTaskError, errorOfTask } from '../../../shared/client/agent-task-error.ts'
import { type AgentTask, isFinished } from '../../../shared/task.ts'

type Listeners = {
  onComplete: ((task: AgentTask) => void) | undefined
  onError: ((error: AgentTaskError) => void) | undefined
}

/** Tells how a task ended, once for each of its lives, and only if it was seen before its end. */
export function useOutcome(task: AgentTask | null, { onComplete, onError }: Listeners): void {
  const awaited = useRef<string | null>(null)
  const tell = useEffectEvent((ended: AgentTask) => {
    const error = errorOfTask(ended)
    if (error) onError?.(error)
    else onComplete?.(ended)
  })
  useEffect(() => {
    if (!task) return
    if (!isFinished(task.status)) awaited.current = task.id
    else if (awaited.current === task.id) {
      awaited.current = null
      tell(task)
    }
  }, [task])
}
