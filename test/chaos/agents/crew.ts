import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Hire, Order, Report } from './attempt-process.ts'

/** Workers in processes of their own. Who dies is replaced at once, because a start takes longer than an attempt. */
export type Crew = {
  /** An attempt by whoever is free; null if it died. */
  attempt: (order: Order) => Promise<Report | null>
  close: () => Promise<void>
}

type Worker = { attempt: Crew['attempt']; end: () => Promise<void> }

/** @param hires one for each worker */
export function hireCrew(hires: Hire[]): Crew {
  const free: Worker[] = []
  const wanted: ((worker: Worker) => void)[] = []
  const starting = new Set<Promise<void>>()

  const release = (worker: Worker) => {
    const next = wanted.shift()
    if (next) next(worker)
    else free.push(worker)
  }
  const start = (hire: Hire) => {
    const worker = startWorker(hire, () => start(hire))
    const started = worker.then(release)
    starting.add(started)
    void started.then(() => starting.delete(started))
  }
  for (const hire of hires) start(hire)
  return {
    attempt: async order => {
      const worker = free.shift() ?? (await new Promise<Worker>(resolve => wanted.push(resolve)))
      const report = await worker.attempt(order)
      if (report) release(worker)
      return report
    },
    close: async () => {
      await Promise.all(starting)
      await Promise.all(free.map(worker => worker.end()))
    },
  }
}

async function startWorker(hire: Hire, onDeath: () => void): Promise<Worker> {
  const child = fork(join(import.meta.dirname, 'attempt-process.ts'), [JSON.stringify(hire)])
  let ended = false
  let answer = (_report: Report | null): void => undefined
  child.on('exit', () => {
    answer(null)
    if (!ended) onDeath()
  })
  await isReady(child)
  child.on('message', report => answer(report as Report))
  return {
    attempt: order =>
      new Promise(resolve => {
        answer = resolve
        child.send(order)
      }),
    end: async () => {
      ended = true
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** @throws when it cannot even start. */
async function isReady(child: ChildProcess): Promise<void> {
  const early = new AbortController()
  const died = once(child, 'exit', { signal: early.signal }).then(([code]) => {
    throw new Error(`A worker ended with ${code} before it was ready.`)
  })
  await Promise.race([once(child, 'message', { signal: early.signal }), died])
  early.abort()
  await died.catch(() => undefined)
}
