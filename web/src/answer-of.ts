import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { errorOfResponse } from '../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../shared/client/supabase.ts'

type Request<T> = PromiseLike<PostgrestSingleResponse<T>> & {
  abortSignal: (signal: AbortSignal) => Request<T>
  retry: (isOn: boolean) => Request<T>
}

/**
 * Sends a request to the Data API, once: who asks every few seconds anyway need not insist. Resolves with what it
 * answers. @throws AgentTaskError
 */
export async function answerOf<T>(request: Request<T>): Promise<T> {
  const { data, error, status } = await request.abortSignal(AbortSignal.timeout(patienceMs)).retry(false)
  if (error) throw errorOfResponse(error, status)
  return data
}
