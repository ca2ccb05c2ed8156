import { setTimeout as pause } from 'node:timers/promises'
import { clock } from './clock.ts'
import { loadContestant } from './contestants/index.ts'

// A process with one worker in it and nothing else, so that its memory and its time are its own. It takes orders from
// worker-process.ts and answers each.

// As many as any contestant completes in one go: when these are completed, most likely all are.
const LAST_IDS = 4000

/** What the process can be asked for, and what it answers. */
export type Orders = {
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Starts the worker and resolves once `count` handlers have begun, or `patienceMs` have passed. */
  race: (count: number, patienceMs: number) => Promise<Race>
  /** Submits a task to the idle worker, again and again, and waits for its handler. */
  respond: (samples: number, pauseMs: number, patienceMs: number) => Promise<Responses>
  usage: () => Promise<Usage>
}

/**
 * When it was started and its first and last handler began, in milliseconds on the clock that all processes share.
 *
 * @property lastIds tasks that may still have to be completed.
 */
export type Race = {
  handled: number
  startedAt: number
  firstAt: number
  lastAt: number
  lastIds: string[]
  usage: Usage
}

/** Milliseconds until the handler began, from sending the insert and from learning that it was committed. */
export type Responses = { fromInsert: number[]; fromCommit: number[] }

/** Memory in bytes, `bare` before the contestant's code was loaded; `cpu` in milliseconds; tasks since the last race. */
export type Usage = { rss: number; bare: number; cpu: number; handled: number }

const [name = '', setting = '', url = ''] = process.argv.slice(2)
const bare = process.memoryUsage.rss()
const contestant = await loadContestant(name)
let handled = 0
let onTask: (id: string) => void = () => undefined
const worker = await contestant.connectWorker(url, setting, id => onTask(id))

const orders: Orders = {
  start: worker.start,
  stop: worker.stop,
  race,
  respond,
  usage: async () => usageOf(),
}

process.on('message', async ({ order, args }: { order: keyof Orders; args: never[] }) => {
  try {
    process.send?.({ answer: await (orders[order] as (...args: never[]) => Promise<unknown>)(...args) })
  } catch (error) {
    process.send?.({ error: String(error) })
  }
})
process.on('disconnect', () => process.exit())
process.send?.({ answer: 'connected' })

async function race(count: number, patienceMs: number): Promise<Race> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const ids: string[] = Array(LAST_IDS)
  handled = 0
  let firstAt = Number.NaN
  onTask = id => {
    if (handled === 0) firstAt = clock()
    ids[handled++ % LAST_IDS] = id
    if (handled === count) resolve()
  }
  const timer = setTimeout(resolve, patienceMs)
  const before = usageOf()
  const startedAt = clock()
  await worker.start()
  await promise
  clearTimeout(timer)
  const lastAt = clock()
  const after = usageOf()
  const usage = { ...after, cpu: after.cpu - before.cpu }
  return { handled, startedAt, firstAt, lastAt, lastIds: ids.filter(Boolean), usage }
}

async function respond(samples: number, pauseMs: number, patienceMs: number): Promise<Responses> {
  const producer = await contestant.openProducer(url, setting)
  const responses: Responses = { fromInsert: [], fromCommit: [] }
  const until = performance.now() + patienceMs
  while (responses.fromInsert.length < samples && performance.now() < until) {
    // Time for the worker to fall idle, and no beat that its timers could fall in with.
    await pause(10 + Math.random() * pauseMs)
    const begun = new Promise<number>(resolve => {
      onTask = () => resolve(performance.now())
    })
    const sentAt = performance.now()
    await producer.one()
    const committedAt = performance.now()
    const begunAt = await begun
    responses.fromInsert.push(begunAt - sentAt)
    responses.fromCommit.push(Math.max(0, begunAt - committedAt))
  }
  await producer.close()
  return responses
}

function usageOf(): Usage {
  const { user, system } = process.cpuUsage()
  return { rss: process.memoryUsage.rss(), bare, handled, cpu: (user + system) / 1000 }
}
