import { type QueueStats, queueStats } from '../shared/queue-stats.ts'
import { ConfigError, loadConfig } from './config.ts'
import { DatabaseError, openDb } from './db.ts'

// `npm run status`: how the queue is doing. Exit code 1 when tasks wait and nobody works, or when some are stuck.

async function main(): Promise<number> {
  const db = openDb(loadConfig())
  try {
    const stats = queueStats.parse(await db.call('stats', {}))
    process.stdout.write(`${[queueOf(stats), waitOf(stats), workersOf(stats)].join('\n\n')}\n`)
    const waiting = stats.oldest_pending_seconds !== null
    return stats.stuck > 0 || (waiting && stats.workers.length === 0) ? 1 : 0
  } finally {
    await db.close()
  }
}

function queueOf({ depth }: QueueStats): string {
  if (depth.length === 0) return 'Queue: no tasks yet.'
  const lines = depth.map(
    ({ kind, status, tasks }) => `  ${kind.padEnd(20)} ${status.padEnd(12)} ${String(tasks).padStart(8)}`,
  )
  return ['Queue (what has ended: within a day):', ...lines].join('\n')
}

function waitOf({ oldest_pending_seconds: oldest, stuck }: QueueStats): string {
  const wait = oldest === null ? 'Nothing waits.' : `The oldest pending task has waited ${oldest.toFixed(1)} s.`
  const remedy = 'their worker is gone; a living worker takes them back within seconds.'
  return `${wait}\n${stuck === 0 ? 'No task is stuck.' : `${stuck} tasks are stuck: ${remedy}`}`
}

function workersOf({ workers }: QueueStats): string {
  if (workers.length === 0) return 'Workers: none is alive. Start one with `npm run worker` (locally: `npm start`).'
  const lines = workers.map(worker => {
    const load = worker.in_flight > 0 ? `${worker.in_flight} in flight` : 'idle'
    return `  ${worker.id.slice(0, 8)}  ${worker.host}  v${worker.version}  ${load}, beat ${worker.beat_age_seconds.toFixed(1)} s ago, hears by ${worker.hears}`
  })
  return ['Workers:', ...lines].join('\n')
}

main().then(
  code => process.exit(code),
  error => {
    const known = error instanceof ConfigError || error instanceof DatabaseError
    process.stderr.write(`${known ? error.message : error.stack}\n`)
    process.exit(1)
  },
)
