import postgres from 'postgres'
import manifest from '../../../../package.json' with { type: 'json' }
import { loadConfig } from '../../../../worker/config.ts'
import { openDb } from '../../../../worker/db.ts'
import { startWorker, type Worker } from '../../../../worker/queue/worker.ts'
import { createTelemetry } from '../../../../worker/telemetry.ts'
import type { BenchWorker, Claimer, Contestant, Producer } from './contestant.ts'

const FILL_BATCH = 20_000

const CONCURRENCY: Record<string, number | undefined> = { default: undefined, tenants: 1000, tuned: 1000 }

/** The real worker and the migrations of this repository. Rows are kept, with their answer. */
export const liverow: Contestant = {
  name: 'liverow',
  version: `liverow ${manifest.version}`,
  settings: [
    { name: 'default', says: 'concurrency 50', measures: ['throughput', 'latency', 'enqueue', 'idle'] },
    { name: 'tuned', says: 'concurrency 1000', measures: ['throughput', 'latency', 'idle'] },
    { name: 'idle worker', says: 'beside a worker that must be woken', measures: ['enqueue'], besideIdle: true },
    { name: 'tenants', says: 'concurrency 1000, the tasks of 50 enterprises', measures: ['throughput'] },
  ],
  // Not loaded in the worker's process, which it would make bigger.
  prepare: async url => (await import('../../../../supabase/local/database.ts')).prepareDatabase(url),
  connectWorker,
  openProducer,
  openClaimer,
  unfinished: {
    all: 'select count(*)::integer as count from public.agent_task_requests where status <> $$completed$$',
    among: `select count(*)::integer as count from public.agent_task_requests
      where id = any ($1::text[]::uuid[]) and status <> 'completed'`,
  },
  schemas: ['public', 'worker'],
}

async function connectWorker(url: string, setting: string, onTask: (id: string) => void): Promise<BenchWorker> {
  const config = loadConfig({
    SUPABASE_URL: 'http://127.0.0.1',
    SUPABASE_SERVICE_KEY: 'not-used-on-a-direct-connection',
    OPENAI_API_KEY: 'not-used',
    DATABASE_URL: url,
    LOG_LEVEL: 'error',
    ...(CONCURRENCY[setting] && { WORKER_CONCURRENCY: String(CONCURRENCY[setting]) }),
  })
  const db = openDb(config)
  const telemetry = createTelemetry(config.log)
  let worker: Worker | undefined
  return {
    start: async () => {
      worker = await startWorker({
        db,
        perform: async ({ id }) => {
          onTask(id)
          return { kind: 'completed', response: {} }
        },
        config: config.queue,
        identity: { host: config.host, version: config.version },
        telemetry,
      })
    },
    stop: async () => await worker?.stop(),
    close: db.close,
  }
}

/** Plain inserts of a server: row-level security and the limits of one user are not in the way, the triggers are. */
async function openProducer(url: string): Promise<Producer> {
  const sql = postgres(url, { max: 10, onnotice: () => undefined })
  const payload = sql.json({ prompt: 'nothing to do' })
  return {
    one: () => sql`insert into public.agent_task_requests (kind, request_payload) values ('assistant', ${payload})`,
    bulk: count => {
      const row = { kind: 'assistant', request_payload: { prompt: 'nothing to do' } }
      return sql`
        insert into public.agent_task_requests (kind, request_payload)
        select kind, request_payload
        from jsonb_to_recordset(${sql.json(Array(count).fill(row))}) t (kind text, request_payload jsonb)`
    },
    fill: async (count, tenants) => {
      await sql`
        insert into public.enterprises (name)
        select 'bench ' || n from generate_series(1 + (select count(*) from public.enterprises), ${tenants}) n`
      for (let done = 0; done < count; done += FILL_BATCH) {
        await sql`
          insert into public.agent_task_requests (kind, request_payload, enterprise_id)
          select 'assistant', ${payload}, case when ${tenants}::int > 0 then e.ids[1 + n % ${tenants}::int] end
          from generate_series(1, ${Math.min(FILL_BATCH, count - done)}::int) n,
            (select array_agg(id) from public.enterprises) e (ids)`
      }
    },
    close: () => sql.end(),
  }
}

async function openClaimer(url: string): Promise<Claimer> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  const worker = crypto.randomUUID()
  await sql`select * from worker.beat(${worker}, 'bench', '0', 'postgres', '{}', '{}', 60)`
  return {
    claim: async count => {
      const rows = await sql<
        { task_id: string; lease_id: string }[]
      >`select * from worker.claim(${worker}, ${count}, 60)`
      return {
        count: rows.length,
        complete: () => sql`
          select * from worker.settle(
            ${rows.map(row => row.task_id)}::uuid[], ${rows.map(row => row.lease_id)}::uuid[],
            array_fill('completed'::text, array[${rows.length}::int]),
            array_fill('{"response": {}}'::jsonb, array[${rows.length}::int]))`,
      }
    },
    close: () => sql.end(),
  }
}
