/** A queue under test. All of them are driven through their public interfaces, each in a database of its own. */
export type Contestant = {
  name: string
  /** Name and version of what is measured. */
  version: string
  settings: Setting[]
  /** Installs the queue into an empty database. */
  prepare: (url: string) => Promise<void>
  /** Connects a worker; nothing is taken before `start`. `onTask` is called where a handler's code would begin. */
  connectWorker: (url: string, setting: string, onTask: (id: string) => void) => Promise<BenchWorker>
  openProducer: (url: string, setting: string) => Promise<Producer>
  openClaimer: (url: string) => Promise<Claimer>
  /** Counts what is not completed: all of it, and among the ids of `$1`. */
  unfinished: { all: string; among: string }
  /** Where its tables are. */
  schemas: string[]
}

/** One way to configure a contestant. */
export type Setting = {
  name: string
  /** What is set, for the report. */
  says: string
  /** Measured in these only; left out: in all. */
  measures?: Measure[]
  /** The handler's start waits for a poll: samples are spread over this many milliseconds. */
  pollMs?: number
  /** Not in the race for throughput: runs once, for a few seconds, at the smallest size. */
  slow?: boolean
  /** Another setting is stronger, the more so the more tasks there are: throughput at the smallest size only. */
  overtaken?: boolean
  /** Tasks are submitted while another worker is on record as idle. */
  besideIdle?: boolean
}

export type Measure = 'throughput' | 'latency' | 'enqueue' | 'claim' | 'idle'

export type BenchWorker = {
  /** Resolves when the worker looks for tasks. */
  start: () => Promise<void>
  /** Resolves when what was taken is settled; may be started again. */
  stop: () => Promise<void>
  close: () => Promise<void>
}

export type Producer = {
  one: () => Promise<unknown>
  /** All in one call. */
  bulk: (count: number) => Promise<unknown>
  /** The quickest way in, whatever it is. Tasks are spread over `tenants`, where the queue knows tenants. */
  fill: (count: number, tenants: number) => Promise<unknown>
  close: () => Promise<void>
}

/** Takes and ends tasks as the worker does, without the worker around it. */
export type Claimer = {
  /** Resolves with the number taken and the way to complete them. */
  claim: (count: number) => Promise<{ count: number; complete: () => Promise<unknown> }>
  close: () => Promise<void>
}
