import type { Contestant } from './contestants/contestant.ts'
import type { Server } from './server.ts'

/** What every measure is given. */
export type Bench = { server: Server; contestants: Contestant[]; rounds: number; sizes: Sizes }

/**
 * How much is done. `tasks`: queues to empty. `samples`: of the latency. `enqueueSeconds`: for each way to insert.
 * `history`: finished tasks, and `pending` ones, in whose presence is claimed. `churn`: under a held snapshot.
 * `idleSeconds`: how long idle workers are watched.
 */
export type Sizes = {
  tasks: number[]
  samples: number
  enqueueSeconds: number
  history: number
  churn: number
  idleSeconds: number
}

export const FULL: Sizes = {
  tasks: [20_000, 100_000],
  samples: 300,
  enqueueSeconds: 2,
  history: 1_000_000,
  churn: 200_000,
  idleSeconds: 20,
}

export const QUICK: Sizes = {
  tasks: [20_000],
  samples: 100,
  enqueueSeconds: 0.5,
  history: 50_000,
  churn: 20_000,
  idleSeconds: 12,
}
