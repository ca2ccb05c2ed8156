import { type EnhancedWithPgClient, Logger, makeWorkerUtils, type Runner, run, WorkerPreset } from 'graphile-worker'
// The package exports no claim; these are the functions that its worker calls.
import { processSharedOptions } from '../../../../node_modules/graphile-worker/dist/lib.js'
import { batchCompleteJobs } from '../../../../node_modules/graphile-worker/dist/sql/completeJobs.js'
import { batchGetJobs } from '../../../../node_modules/graphile-worker/dist/sql/getJobs.js'
import manifest from '../../../../node_modules/graphile-worker/package.json' with { type: 'json' }
import type { BenchWorker, Claimer, Contestant, Producer } from './contestant.ts'

const TASK = 'noop'
const FILL_BATCH = 1000
const logger = new Logger(() => () => undefined)

// The preset runs one job at a time; its guide to performance measures 24 (https://worker.graphile.org/docs/performance).
// Its remedies for throughput: fetch in batches into a local queue, complete in batches, and more jobs at once.
// Larger batches are the stronger, up to 4,000.
const batches = (size: number, concurrentJobs: number): GraphileConfig.WorkerOptions => ({
  concurrentJobs,
  localQueue: { size },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
})
const OPTIONS: Record<string, GraphileConfig.WorkerOptions> = {
  default: { concurrentJobs: 24 },
  best: batches(500, 500),
  'batches of 1,000': batches(1000, 1000),
  'batches of 4,000': batches(4000, 2000),
}

/** Completed jobs are deleted, and there is no result that could be kept. */
export const graphile: Contestant = {
  name: 'graphile',
  version: `graphile-worker ${manifest.version}`,
  settings: [
    { name: 'default', says: 'preset, 24 jobs at once', slow: true },
    {
      name: 'best',
      says: 'local queue of 500, completion in batches, 500 jobs at once',
      measures: ['throughput', 'latency', 'idle'],
      overtaken: true,
    },
    { name: 'batches of 1,000', says: 'local queue of 1,000, 1,000 jobs at once', measures: ['throughput'] },
    { name: 'batches of 4,000', says: 'local queue of 4,000, 2,000 jobs at once', measures: ['throughput'] },
  ],
  prepare: async url => {
    const utils = await makeWorkerUtils({ preset: presetOf(url, 'default') })
    await utils.migrate()
    await utils.release()
  },
  connectWorker,
  openProducer,
  openClaimer,
  unfinished: {
    all: 'select count(*)::integer as count from graphile_worker._private_jobs',
    among: 'select count(*)::integer as count from graphile_worker._private_jobs where id = any ($1::text[]::bigint[])',
  },
  schemas: ['graphile_worker'],
}

function presetOf(connectionString: string, setting: string): GraphileConfig.Preset {
  return { extends: [WorkerPreset], worker: { connectionString, logger, ...OPTIONS[setting] } }
}

async function connectWorker(url: string, setting: string, onTask: (id: string) => void): Promise<BenchWorker> {
  let runner: Runner | undefined
  return {
    // It can only connect and start in one.
    start: async () => {
      runner = await run({
        preset: presetOf(url, setting),
        parsedCronItems: [],
        noHandleSignals: true,
        taskList: { [TASK]: async (_payload, { job }) => onTask(job.id) },
      })
    },
    stop: async () => await runner?.stop(),
    close: async () => undefined,
  }
}

async function openProducer(url: string, setting: string): Promise<Producer> {
  const utils = await makeWorkerUtils({ preset: presetOf(url, setting) })
  const payload = { prompt: 'nothing to do' }
  const bulk = (count: number) => utils.addJobs(Array(count).fill({ identifier: TASK, payload }))
  return {
    one: () => utils.addJob(TASK, payload),
    bulk,
    fill: async count => {
      for (let done = 0; done < count; done += FILL_BATCH) await bulk(Math.min(FILL_BATCH, count - done))
    },
    close: async () => await utils.release(),
  }
}

async function openClaimer(url: string): Promise<Claimer> {
  const preset = presetOf(url, 'best')
  const utils = await makeWorkerUtils({ preset })
  const options = processSharedOptions({ preset })
  const withPgClient = utils.withPgClient as EnhancedWithPgClient
  const tasks = { [TASK]: () => undefined }
  const pool = 'bench'
  return {
    claim: async count => {
      const jobs = await batchGetJobs(options, withPgClient, tasks, pool, null, count)
      return { count: jobs.length, complete: () => batchCompleteJobs(options, withPgClient, pool, jobs) }
    },
    close: async () => await utils.release(),
  }
}
