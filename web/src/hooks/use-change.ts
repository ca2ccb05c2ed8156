import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { useNotice } from './use-notice.ts'

/**
 * Runs a change and reads everything again after it. `run` resolves whether it was done; what came of it is told in a
 * notice: `done`, or why it was refused.
 */
export function useChange() {
  const queries = useQueryClient()
  const { tell, complain } = useNotice()
  const [isBusy, setBusy] = useState(false)

  async function run<T>(change: () => Promise<T>, done: string | ((result: T) => string)): Promise<boolean> {
    setBusy(true)
    try {
      const result = await change()
      tell(typeof done === 'string' ? done : done(result))
      return true
    } catch (error) {
      if (!(error instanceof AgentTaskError)) throw error
      complain(error)
      return false
    } finally {
      setBusy(false)
      void queries.invalidateQueries()
    }
  }
  return { run, isBusy }
}
