import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@supabase/supabase-js'
import getPort from 'get-port'
import postgres from 'postgres'
import { cancelAgentTask } from '../../../shared/client/cancel-agent-task.ts'
import { insertAgentTask } from '../../../shared/client/submit-agent-task.ts'
import type { Supabase } from '../../../shared/client/supabase.ts'
import { watchTask } from '../../../shared/client/watch-task.ts'
import { startCluster } from '../../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../../supabase/local/database.ts'
import { startGateway } from '../../../supabase/local/gateway.ts'
import { makeKeys } from '../../../supabase/local/keys.ts'
import { quantile } from '../queue/stats.ts'

// `npm run bench:streams [-- streams…]`: many tasks that stream at once in one worker, ten pieces of text a second each, on
// a durable PostgreSQL (fsync on), all parts on this machine. Twenty of them are watched as browsers do.

const ROOT = join(import.meta.dirname, '../../..')
const SIZES = process.argv.slice(2).map(Number).filter(Boolean)
const STREAM_SECONDS = 20
const WATCHED = 20
const CANCELLED = 40
const TASKS = 50

const directory = mkdtempSync(join(tmpdir(), 'liverow-bench-'))
const cluster = await startCluster({ directory: join(directory, 'postgres'), port: await getPort() })
await prepareDatabase(cluster.url())
const sql = postgres(cluster.url(), { max: 2, onnotice: () => undefined })
const keys = await makeKeys()
const gateway = await startGateway({ databaseUrl: cluster.url(), keys, port: 0 })
const model = fork(join(import.meta.dirname, 'model-process.ts'))
const [{ port }] = (await once(model, 'message')) as [{ port: number }]
const user: Supabase = createClient(gateway.url, keys.publishable, { auth: { persistSession: false } })
try {
  await user.auth.signUp({ email: 'bench@bench.test', password: 'a-password-for-benchmarks' })
  print(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}`, '')
  print('| streams | ended after (ideal 20 s) | delta → feed p50 / p95 | memory a task | worker CPU | writes a task |')
  print('|---|---|---|---|---|---|')
  for (const size of SIZES.length > 0 ? SIZES : [100, 500, 1_000]) print(await measureStreams(size))
  print('', await measureCancels(), await measureTurns())
} finally {
  model.disconnect()
  await user.realtime.disconnect()
  await sql.end()
  await gateway.stop()
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)

async function measureStreams(size: number): Promise<string> {
  const worker = await startWorker()
  const [memory, before, cpu] = [memoryOf(worker), await writes(), cpuSecondsOf(worker)]
  const startedAt = performance.now()
  await submit(size - WATCHED, `stream ${STREAM_SECONDS}`)
  const delays: number[] = []
  const feeds = await Promise.all(Array.from({ length: WATCHED }, () => watch(`stream ${STREAM_SECONDS}`, delays)))
  let peak = memory
  const looking = setInterval(() => {
    peak = Math.max(peak, memoryOf(worker))
  }, 500)
  await allEnded()
  clearInterval(looking)
  const seconds = (performance.now() - startedAt) / 1000
  const spent = cpuSecondsOf(worker) - cpu
  const after = await writes()
  for (const feed of feeds) feed.close()
  await stop(worker)
  const perTask = (name: keyof typeof after) => ((after[name] - before[name]) / size).toFixed(1)
  return `| ${size} | ${seconds.toFixed(1)} s | ${ms(delays, 0.5)} / ${ms(delays, 0.95)} | ${Math.round((peak - memory) / size)} KB | ${Math.round((spent / seconds) * 100)} % | ${perTask('commits')} transactions, ${perTask('rows')} rows |`
}

/** From the click to the moment at which the model sees that its caller hung up. */
async function measureCancels(): Promise<string> {
  const worker = await startWorker()
  await submit(160, 'stream 300')
  const tasks = await Promise.all(
    Array.from({ length: CANCELLED }, async (_, n) => {
      const prompt = `stream 300 to cancel ${n}`
      return { prompt, ...(await insertAgentTask(user, { prompt })) }
    }),
  )
  await until(async () => (await countStreams()) === 160 + CANCELLED)
  const times: number[] = []
  for (const { id, prompt } of tasks) {
    const closed = closing(prompt)
    const clickedAt = Date.now()
    await cancelAgentTask(user, id)
    times.push((await closed) - clickedAt)
  }
  await sql`update public.agent_task_requests set cancel_requested_at = now() where finished_at is null`
  await allEnded()
  await stop(worker)
  return `Cancel click → model call closed, among 200 streams: p50 ${ms(times, 0.5)}, p95 ${ms(times, 0.95)}.`
}

/** What a turn costs beside model and tool, which answer at once: the time that a task takes for each turn more. */
async function measureTurns(): Promise<string> {
  const worker = await startWorker({ WORKER_CONCURRENCY: '1' })
  const took = async (turns: number) => {
    await submit(TASKS, `turns ${turns}`)
    await allEnded()
    const rows = await sql`select extract(epoch from finished_at - started_at) * 1000 as ms
      from public.agent_task_requests where request_payload ->> 'prompt' = ${`turns ${turns}`}`
    return quantile(
      rows.map(row => Number(row.ms)),
      0.5,
    )
  }
  await took(0)
  const cpu = cpuSecondsOf(worker)
  const [few, many] = [await took(1), await took(17)]
  const spent = (cpuSecondsOf(worker) - cpu) / (TASKS * 20)
  await stop(worker)
  const turn = ((many - few) / 16).toFixed(1)
  return `A turn (a model call and a tool call, both journalled), one task after another: ${turn} ms, ${(spent * 1000).toFixed(1)} ms of CPU; a task of one turn ${few.toFixed(1)} ms.`
}

/** Notes how old each piece is when it reaches the feed. */
async function watch(prompt: string, delays: number[]) {
  const { id } = await insertAgentTask(user, { prompt })
  const feed = watchTask(user, id)
  let seen = 0
  feed.subscribe(() => {
    const { text } = feed.getSnapshot()
    // The answer at the end is old news.
    if (feed.getSnapshot().task?.status !== 'processing') return
    const now = Date.now()
    for (const piece of text.slice(seen).trim().split(/\s+/)) {
      if (piece.length === 13) delays.push(now - Number(piece))
    }
    seen = text.length
  })
  return feed
}

async function submit(tasks: number, prompt: string): Promise<void> {
  await sql`insert into public.agent_task_requests (request_payload)
    select ${sql.json({ prompt })} from generate_series(1, ${tasks})`
}

async function startWorker(env: Record<string, string> = {}): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [join(ROOT, 'worker/main.ts')], {
    env: {
      SUPABASE_URL: gateway.url,
      SUPABASE_SERVICE_KEY: keys.secret,
      DATABASE_URL: cluster.url(),
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      PORT: String(await getPort()),
      WORKER_CONCURRENCY: '1000',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: worker.stdout }).on('line', line => print(line))
  await until(
    async () => (await sql`select from worker.workers where beat_at > now() - interval '5 seconds'`).length > 0,
  )
  return worker
}

async function stop(worker: ChildProcess): Promise<void> {
  worker.kill('SIGTERM')
  if (worker.exitCode === null) await once(worker, 'exit')
  await sql`delete from public.agent_task_requests`
  await sql`delete from worker.workers`
}

function closing(prompt: string): Promise<number> {
  return new Promise(resolve => {
    const hear = (message: { closed?: string; at: number }) => {
      if (message.closed !== prompt) return
      model.off('message', hear)
      resolve(message.at)
    }
    model.on('message', hear)
  })
}

async function allEnded(): Promise<void> {
  await until(
    async () => (await sql`select from public.agent_task_requests where finished_at is null limit 1`).length === 0,
  )
}

/** Tasks whose text has begun to come. */
async function countStreams(): Promise<number> {
  const [row] =
    await sql`select count(distinct task_id)::integer as tasks from public.agent_task_deltas where kind = 'text'`
  return Number(row?.tasks)
}

async function writes(): Promise<{ commits: number; rows: number }> {
  await sql`select pg_stat_force_next_flush()`
  const [row] =
    await sql`select xact_commit::float as commits, (tup_inserted + tup_updated + tup_deleted)::float as rows
    from pg_stat_database where datname = current_database()`
  return row as { commits: number; rows: number }
}

/** In KB. */
function memoryOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1])
}

function cpuSecondsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise(resolve => setTimeout(resolve, 100))
}

function ms(times: number[], part: number): string {
  return `${Math.round(quantile(times, part) * 10) / 10} ms`
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
