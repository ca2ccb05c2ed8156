import { type ConstructorOptions, type Job, PgBoss, type WorkOptions } from 'pg-boss'
import manifest from '../../../../node_modules/pg-boss/package.json' with { type: 'json' }
import type { BenchWorker, Claimer, Contestant, Producer } from './contestant.ts'

const FILL_BATCH = 1000
const QUEUE = 'bench'
// Whether inserts notify is a property of the queue.
const LOUD_QUEUE = 'bench_notify'

type Options = { boss?: ConstructorOptions; work?: WorkOptions }

// Batches, two loops, no pause while batches come back full, and NOTIFY against the wait for a poll. Larger batches are
// the stronger, up to 2,000; a third loop adds nothing on two cores.
const quick: ConstructorOptions = { useListenNotify: true, schedule: false }
const batches = (batchSize: number): WorkOptions => ({ batchSize, localConcurrency: 2, burstWhenBatchFull: true })
const OPTIONS: Record<string, Options> = {
  default: {},
  'fast poll': { work: { pollingIntervalSeconds: 0.5 } },
  best: { boss: quick, work: batches(500) },
  'batches of 2,000': { boss: quick, work: batches(2000) },
  'with results': { boss: quick, work: { ...batches(2000), perJobResults: true } },
}

/** Completed jobs are kept for days; a result for each job must be asked for. */
export const pgBoss: Contestant = {
  name: 'pg-boss',
  version: `pg-boss ${manifest.version}`,
  settings: [
    { name: 'default', says: 'one job each 2 s', slow: true, pollMs: 2000 },
    { name: 'fast poll', says: 'one job each 0.5 s', measures: ['latency', 'idle'], pollMs: 500 },
    { name: 'best', says: 'batches of 500, two loops, burst, NOTIFY', overtaken: true },
    { name: 'batches of 2,000', says: 'the same with larger batches', measures: ['throughput'] },
    { name: 'with results', says: 'batches of 2,000 and a result kept for each job', measures: ['throughput'] },
  ],
  prepare: async url => {
    const boss = open(url, 'default')
    await boss.start()
    await boss.createQueue(QUEUE)
    await boss.createQueue(LOUD_QUEUE, { notify: true })
    await boss.stop({ graceful: false })
  },
  connectWorker,
  openProducer,
  openClaimer,
  unfinished: {
    all: `select count(*)::integer as count from pgboss.job_common
      where name in ('${QUEUE}', '${LOUD_QUEUE}') and state <> 'completed'`,
    among: `select count(*)::integer as count from pgboss.job_common
      where name in ('${QUEUE}', '${LOUD_QUEUE}') and id = any ($1::text[]::uuid[]) and state <> 'completed'`,
  },
  schemas: ['pgboss'],
}

function open(url: string, setting: string): PgBoss {
  const boss = new PgBoss({ connectionString: url, ...OPTIONS[setting]?.boss })
  // Without a listener an error would end the process.
  boss.on('error', error => process.stderr.write(`pg-boss: ${error.message}\n`))
  return boss
}

function queueOf(setting: string): string {
  return OPTIONS[setting]?.boss?.useListenNotify ? LOUD_QUEUE : QUEUE
}

async function connectWorker(url: string, setting: string, onTask: (id: string) => void): Promise<BenchWorker> {
  const boss = open(url, setting)
  await boss.start()
  const work = OPTIONS[setting]?.work ?? {}
  return {
    start: async () => {
      await boss.work(queueOf(setting), work, async (jobs: Job[]) => {
        for (const { id } of jobs) onTask(id)
        return work.perJobResults ? jobs.map(({ id }) => ({ id, status: 'completed' as const, output: {} })) : {}
      })
    },
    stop: () => boss.offWork(queueOf(setting)),
    close: () => boss.stop({ graceful: false }),
  }
}

async function openProducer(url: string, setting: string): Promise<Producer> {
  const boss = open(url, setting)
  await boss.start()
  const queue = queueOf(setting)
  const data = { prompt: 'nothing to do' }
  const bulk = (count: number) => boss.insert(queue, Array(count).fill({ data }))
  return {
    one: () => boss.send(queue, data),
    bulk,
    fill: async count => {
      for (let done = 0; done < count; done += FILL_BATCH) await bulk(Math.min(FILL_BATCH, count - done))
    },
    close: () => boss.stop({ graceful: false }),
  }
}

async function openClaimer(url: string): Promise<Claimer> {
  const boss = open(url, 'best')
  await boss.start()
  return {
    claim: async batchSize => {
      const jobs = await boss.fetch(LOUD_QUEUE, { batchSize })
      return {
        count: jobs.length,
        complete: () =>
          boss.complete(
            LOUD_QUEUE,
            jobs.map(job => job.id),
          ),
      }
    },
    close: () => boss.stop({ graceful: false }),
  }
}
