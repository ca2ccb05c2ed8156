import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import postgres from 'postgres'
import { say } from '../../../supabase/local/brain/script.ts'
import { startBrain } from '../../../supabase/local/brain.ts'
import { startCluster } from '../../../supabase/local/cluster.ts'
import { prepareDatabase } from '../../../supabase/local/database.ts'
import { startGateway } from '../../../supabase/local/gateway.ts'
import { makeKeys } from '../../../supabase/local/keys.ts'
import { quantile } from '../queue/stats.ts'
import { chat, signUp } from './chatter.ts'
import { startInstance } from './instance.ts'
import { startRoundRobin } from './round-robin.ts'

// `npm run bench:chats [-- chats]`: so many chats with a scenario at once over HTTP, ten of each user, on one instance of the
// worker and then on two behind a plain round-robin, with a durable PostgreSQL (fsync on), all parts on this machine. The model
// answers with all that it was told in the conversation, so a turn that is lost, doubled or somebody else's shows.

const CHATS = Number(process.argv[2]) || 200
const CHATS_A_USER = 10
const TURNS = 3

const directory = mkdtempSync(join(tmpdir(), 'liverow-bench-'))
const cluster = await startCluster({ directory: join(directory, 'postgres'), port: await getPort() })
await prepareDatabase(cluster.url())
const sql = postgres(cluster.url(), { max: 1, onnotice: () => undefined })
const keys = await makeKeys()
const gateway = await startGateway({ databaseUrl: cluster.url(), keys, port: 0 })
const echo = {
  name: 'Echo',
  agent: /scenario "retail"/,
  turn: ({ prompt, said }: { prompt: string; said: { prompts: string[] } }) =>
    say([...said.prompts, prompt].join(' | ')),
}
const brain = await startBrain({ pace: 'instant', scripts: [echo] })
let isFaulty = false
try {
  const project = { url: gateway.url, keys, databaseUrl: cluster.url(), brain }
  const tokens = await Promise.all(
    Array.from({ length: Math.ceil(CHATS / CHATS_A_USER) }, (_, n) => signUp(project, `user-${n}@bench.test`)),
  )
  print(`Node ${process.version}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}`, '')
  print(
    '| instances | chats | turns | turn p50 / p95 | turns a second | mixed up | lost |',
    '|---|---|---|---|---|---|---|',
  )
  const first = await startInstance(project)
  print(await measure('1', first.url, tokens))
  const second = await startInstance(project)
  const front = await startRoundRobin([first.url, second.url])
  print(await measure('2', front.url, tokens))
  print('', `Each instance answered ${front.counts().join(' and ')} requests.`)
  front.stop()
  await Promise.all([first.stop(), second.stop()])
} finally {
  await brain.stop()
  await sql.end()
  await gateway.stop()
  await cluster.stop()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(isFaulty ? 1 : 0)

async function measure(instances: string, url: string, tokens: string[]): Promise<string> {
  // The limits of one run are none of the next one's.
  await sql`delete from worker.api_buckets`
  const startedAt = performance.now()
  const chats = await Promise.all(
    Array.from({ length: CHATS }, (_, n) =>
      chat(url, String(tokens[n % tokens.length]), { name: `c${n}`, turns: TURNS }),
    ),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const times = chats.flatMap(each => each.times)
  const [mixed, lost] = [sum(chats.map(each => each.mixed)), sum(chats.map(each => each.lost))]
  if (mixed + lost > 0) isFaulty = true
  const [p50, p95] = [0.5, 0.95].map(part => `${Math.round(quantile(times, part))} ms`)
  return `| ${instances} | ${CHATS} | ${times.length} | ${p50} / ${p95} | ${(times.length / seconds).toFixed(1)} | ${mixed} | ${lost} |`
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
