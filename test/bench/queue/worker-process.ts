import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Orders } from './worker-child.ts'

type Answer = { answer?: unknown; error?: string }

/** A worker in a process of its own, which obeys orders one at a time. */
export type WorkerProcess = Orders & { end: () => Promise<void> }

/** Resolves when the worker is connected; it takes nothing yet. */
export async function startWorkerProcess(contestant: string, setting: string, url: string): Promise<WorkerProcess> {
  const child = fork(join(import.meta.dirname, 'worker-child.ts'), [contestant, setting, url])
  const ended = once(child, 'exit')

  const answer = async () => {
    const died = ended.then(([code]) => ({ error: `it ended with code ${code}` }))
    const [message] = await Promise.race([once(child, 'message'), died.then(error => [error])])
    const { answer, error } = message as Answer
    if (error) throw new Error(`The worker of ${contestant} (${setting}) failed: ${error}`)
    return answer
  }
  const order = async (name: keyof Orders, ...args: unknown[]) => {
    const answered = answer()
    child.send({ order: name, args })
    return (await answered) as never
  }

  await answer()
  return {
    start: () => order('start'),
    stop: () => order('stop'),
    race: (...args) => order('race', ...args),
    respond: (...args) => order('respond', ...args),
    usage: () => order('usage'),
    end: async () => {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
