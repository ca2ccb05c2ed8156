import { TaskError } from '../errors.ts'

/** Ends a call from which nothing has come for the set time, or whose task or run is told to stop. */
export function createPatience(task: AbortSignal, run: AbortSignal | undefined, timeoutSeconds: number) {
  const controller = new AbortController()
  const stops = run && run !== task ? [task, run] : [task]
  const abort = () => controller.abort()
  let over = false
  const lose = () => {
    over = true
    abort()
  }
  let timer = setTimeout(lose, timeoutSeconds * 1000)
  for (const stop of stops) {
    if (stop.aborted) abort()
    stop.addEventListener('abort', abort, { once: true })
  }
  return {
    signal: controller.signal,
    isOver: () => over,
    fault: () =>
      new TaskError('provider_timeout', `The model provider was silent for ${timeoutSeconds} s.`, { retry: true }),
    /** Something came: the time begins anew. */
    renew: () => {
      clearTimeout(timer)
      timer = setTimeout(lose, timeoutSeconds * 1000)
    },
    end: () => {
      clearTimeout(timer)
      for (const stop of stops) stop.removeEventListener('abort', abort)
    },
  }
}
