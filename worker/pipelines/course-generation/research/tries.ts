import { ResearchError } from './research-error.ts'

const TRIES = 3
/** Whoever asks for a longer pause is not asked again: the agent has better things to do. */
const LONGEST_PAUSE_SECONDS = 10

export type Patience = {
  /** For all tries and the pauses between them. */
  totalMs: number
  pause: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>
}

/**
 * Tries a call up to three times while its failure is a passing one, all of it within the total time.
 *
 * @throws ResearchError, and the task's own reason when it is told to stop.
 */
export async function tryWithin<T>(
  { totalMs, pause }: Patience,
  task: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const clock = startClock(totalMs, task)
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await call(clock.signal)
      } catch (error) {
        clock.signal.throwIfAborted()
        if (!(error instanceof ResearchError && error.isPassing)) throw error
        const seconds = error.afterSeconds ?? 2 ** tries * (0.25 + Math.random() / 4)
        if (tries === TRIES || seconds > LONGEST_PAUSE_SECONDS) throw error
        await pause(seconds * 1000, undefined, { signal: clock.signal })
      }
    }
  } catch (error) {
    task.throwIfAborted()
    if (!clock.signal.aborted) throw error
    throw new ResearchError('timeout', `No answer within ${totalMs / 1000} s: try something else, or go on without it.`)
  } finally {
    clock.end()
  }
}

/** Aborts when the time is over or the task is told to stop. */
function startClock(totalMs: number, task: AbortSignal) {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, totalMs)
  if (task.aborted) abort()
  task.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer)
      task.removeEventListener('abort', abort)
    },
  }
}
