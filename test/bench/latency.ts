import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@supabase/supabase-js'
import getPort from 'get-port'
import { cancelAgentTask } from '../../shared/client/cancel-agent-task.ts'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import type { Supabase } from '../../shared/client/supabase.ts'
import { type TaskView, watchTask } from '../../shared/client/watch-task.ts'
import { startBrain } from '../../supabase/local/brain.ts'
import { startCluster } from '../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../supabase/local/database.ts'
import { startGateway } from '../../supabase/local/gateway.ts'
import { makeKeys } from '../../supabase/local/keys.ts'
import { startTap } from './tap.ts'

// `npm run bench:latency [samples]`: how long a user waits, over both transports, on a durable PostgreSQL (fsync on),
// all parts on this machine. The model answers at once, so what is left is ours.

const ROOT = join(import.meta.dirname, '../..')
const SAMPLES = Number(process.argv[2] ?? 60)
const CANCELS = Math.ceil(SAMPLES / 4)

type Row = { what: string; times: number[] }

const directory = mkdtempSync(join(tmpdir(), 'liverow-bench-'))
const cluster = await startCluster({ directory: join(directory, 'postgres'), port: await getPort() })
await prepareDatabase(cluster.url())
const keys = await makeKeys()
const gateway = await startGateway({ databaseUrl: cluster.url(), keys, port: 0 })
const brain = await startBrain({ pace: 'instant' })
const tap = await startTap(brain.url)
try {
  print(
    `Node ${process.version}, ${availableParallelism()} cores, ${SAMPLES} samples, ${new Date().toISOString().slice(0, 10)}`,
  )
  print('| | transport | p50 | p95 |', '|---|---|---|---|')
  for (const transport of ['direct', 'supabase-js'] as const) {
    const rows = await measure(transport)
    for (const { what, times } of rows) print(`| ${what} | ${transport} | ${ms(times, 0.5)} | ${ms(times, 0.95)} |`)
  }
  print(`| npm start → page served, data there | | ${Math.round(await timeStart())} ms | |`)
} finally {
  await tap.stop()
  await brain.stop()
  await gateway.stop()
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)

async function measure(transport: 'direct' | 'supabase-js'): Promise<Row[]> {
  const worker = await startWorker(transport)
  const user = await signUp(`${transport}@bench.test`)
  await ask(user, 'warm up')
  const claimed: number[] = []
  const firstToken: number[] = []
  const answered: number[] = []
  for (let i = 0; i < SAMPLES; i++) {
    const times = await ask(user, `question ${i}`)
    claimed.push(times.claimed)
    firstToken.push(times.firstToken)
    answered.push(times.answered)
  }
  const cancelled: number[] = []
  for (let i = 0; i < CANCELS; i++) cancelled.push(await cancel(user, `!slow question ${i}`))
  await stop(worker)
  await user.realtime.disconnect()
  return [
    { what: 'insert → claimed', times: claimed },
    { what: 'insert → first token in the feed', times: firstToken },
    { what: 'insert → answer in the feed', times: answered },
    { what: 'cancel click → model call closed', times: cancelled },
  ]
}

async function startWorker(transport: 'direct' | 'supabase-js'): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [join(ROOT, 'worker/main.ts')], {
    env: {
      SUPABASE_URL: gateway.url,
      SUPABASE_SERVICE_KEY: keys.secret,
      ...(transport === 'direct' && { DATABASE_URL: cluster.url() }),
      OPENAI_API_KEY: brain.key,
      OPENAI_BASE_URL: tap.url,
      PORT: String(await getPort()),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: worker.stdout })) if (line.includes('worker_online')) break
  worker.stdout.resume()
  return worker
}

async function signUp(email: string): Promise<Supabase> {
  const client: Supabase = createClient(gateway.url, keys.publishable, { auth: { persistSession: false } })
  const { error } = await client.auth.signUp({ email, password: 'a-password-for-benchmarks' })
  if (error) throw error
  return client
}

async function ask(user: Supabase, prompt: string) {
  const startedAt = performance.now()
  const { id } = await insertAgentTask(user, { prompt })
  const feed = watchTask(user, id)
  const view = await until(feed, ({ text }) => text !== '')
  const firstToken = performance.now() - startedAt
  const { task } = view.task?.finished_at ? view : await until(feed, each => each.task?.status === 'completed')
  const answered = performance.now() - startedAt
  feed.close()
  return { firstToken, answered, claimed: Date.parse(task?.started_at ?? '') - Date.parse(task?.created_at ?? '') }
}

async function cancel(user: Supabase, prompt: string): Promise<number> {
  const { id } = await insertAgentTask(user, { prompt })
  const feed = watchTask(user, id)
  await until(feed, ({ text }) => text !== '')
  const closed = tap.nextClose()
  const startedAt = performance.now()
  await cancelAgentTask(user, id)
  await closed
  const time = performance.now() - startedAt
  await until(feed, ({ task }) => task?.status === 'cancelled')
  feed.close()
  return time
}

function until(feed: ReturnType<typeof watchTask>, isIt: (view: TaskView) => boolean): Promise<TaskView> {
  return new Promise(resolve => {
    const look = () => {
      const view = feed.getSnapshot()
      if (!isIt(view)) return
      unsubscribe()
      resolve(view)
    }
    const unsubscribe = feed.subscribe(look)
    look()
  })
}

/** From the command to a page that is served; the second start, so that making the database is not counted. */
async function timeStart(): Promise<number> {
  await startOnce()
  return startOnce()
}

async function startOnce(): Promise<number> {
  const startedAt = performance.now()
  const env = { ...process.env, LIVEROW_DATA: join(directory, 'start') }
  const child = spawn(process.execPath, [join(ROOT, 'supabase/local/start.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const page = line.match(/http:\/\/127\.0\.0\.1:\d+|http:\/\/localhost:\d+/)?.[0]
    if (page && (await fetch(page)).ok) break
  }
  child.stdout.resume()
  const time = performance.now() - startedAt
  await stop(child)
  return time
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

function ms(times: number[], quantile: number): string {
  const sorted = times.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
