import type { Context } from 'hono'
import type { Caller } from '../caller.ts'
import { lookUntilSettled, openPatience } from './patience.ts'
import { wantsStream } from './read.ts'
import { streamTask } from './stream.ts'
import { createTurnstile } from './turnstile.ts'

type Options = {
  /** How long a task is waited for before its caller is told to come back. */
  waitSeconds: number
  /** The same of a stream, which shows that it is alive. */
  streamSeconds: number
  /** Fires when the worker is about to end. */
  ending: AbortSignal
}

type Waited<Standing> = {
  c: Context
  caller: Caller
  /** Finds or submits the task, once there is room to wait. */
  find: () => Promise<string>
  /** How it stands. @throws Refusal as it failed */
  look: (taskId: string) => Promise<Standing>
}

/** Waits for a task of the caller's and gives how it stands then, or streams it to who wants that. */
export type Wait = <Standing extends { isSettled: boolean; body: unknown }>(
  waited: Waited<Standing>,
) => Promise<Response | Standing>

/** Of one user, on this instance. */
const MOST_WAITS = 100

export function createWaiting({ waitSeconds, streamSeconds, ending }: Options): Wait {
  const turnstile = createTurnstile(MOST_WAITS)
  return async ({ c, caller, find, look }) => {
    const isStream = wantsStream(c)
    const seconds = isStream ? streamSeconds : waitSeconds
    const patience = openPatience(seconds, [ending, c.req.raw.signal], turnstile.enter(caller.userId))
    try {
      const taskId = await find()
      if (isStream) return streamTask(c, caller, { taskId, patience, look: () => look(taskId) })
      const standing = await lookUntilSettled(() => look(taskId), patience.signal)
      patience.close()
      return standing
    } catch (error) {
      patience.close()
      throw error
    }
  }
}
