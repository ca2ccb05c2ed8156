import { type Args, type Db, type FunctionName, openDb, type Returns } from '../../worker/db.ts'
import { startWorker, type Worker } from '../../worker/queue/worker.ts'
import { createTelemetry, type Telemetry } from '../../worker/telemetry.ts'
import type { Hire } from './crew.ts'
import { createNotebook } from './notes.ts'
import { ownArgument } from './own-process.ts'
import { createPerform } from './perform.ts'

// A worker as a process of its own, like worker/main.ts without its page and its model. Whatever it asks of the database
// and is told by it goes into its notebook.

const hire = ownArgument<Hire>()
const note = createNotebook(hire.notes)

async function main(): Promise<void> {
  const telemetry = noteFates(createTelemetry({ format: 'json', level: 'debug', prompts: false }))
  const db = noteCalls(openDb(hire.project))
  const perform = createPerform({ db, telemetry })
  const identity = { host: 'chaos', version: '0.0.0' }
  const worker = await startWorker({ db, perform, config: hire.queue, identity, telemetry })
  const stopped = untilToldToStop(worker)
  note({ event: 'online', worker: worker.id })
  await stopped
  await db.close()
}

async function untilToldToStop(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let stopping = false
  process.on('SIGTERM', () => {
    if (stopping) return worker.stopNow()
    stopping = true
    resolve(worker.stop())
  })
  await promise
}

function noteFates(telemetry: Telemetry): Telemetry {
  return {
    ...telemetry,
    taskSettled: (task, status, ...rest) => {
      note({ event: 'fate', lease: task.leaseId, status })
      telemetry.taskSettled(task, status, ...rest)
    },
  }
}

function noteCalls(db: Db): Db {
  return {
    ...db,
    call: async (name, args) => {
      const sentAt = Date.now()
      noteQuestion(name, args)
      try {
        const answer = await db.call(name, args)
        noteAnswer(name, args, answer, sentAt)
        return answer
      } catch (error) {
        note({ event: 'refused', call: name, reason: String(error) })
        throw error
      }
    },
    hear: onEvent =>
      db.hear(event => {
        note({ event: 'heard' })
        onEvent(event)
      }),
  }
}

function noteQuestion(name: FunctionName, args: unknown): void {
  if (name !== 'settle') return
  const { p_leases, p_outcomes } = args as Args<'settle'>
  note({ event: 'settling', leases: p_leases, outcomes: p_outcomes })
}

const leases = new Map<string, { task: string; life: number }>()

function noteAnswer(name: FunctionName, args: unknown, answer: unknown, sentAt: number): void {
  if (name === 'claim') {
    const claimed = (answer as Returns<'claim'>).map(row => {
      leases.set(row.lease_id, { task: row.task_id, life: row.life })
      return { task: row.task_id, lease: row.lease_id, life: row.life, attempt: row.attempt }
    })
    note({ event: 'claimed', sentAt, leases: claimed })
  }
  if (name === 'beat') {
    const kept = (answer as Returns<'beat'>).filter(row => row.verdict !== 'lost').map(row => row.lease_id)
    note({ event: 'beaten', sentAt, kept })
  }
  if (name === 'settle') {
    const answers = (answer as Returns<'settle'>).map(row => ({ lease: row.lease_id, status: row.status }))
    note({ event: 'settled', answers })
  }
  if (name === 'record_steps' && answer !== 'lost') noteSteps(args as Args<'record_steps'>)
}

function noteSteps({ p_lease, p_steps }: Args<'record_steps'>): void {
  const held = leases.get(p_lease)
  for (const step of p_steps as { key: string; status: string }[]) {
    if (held && step.status === 'done') note({ event: 'stepped', ...held, key: step.key })
  }
}

main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error.stack ?? error}\n`)
    process.exit(1)
  },
)
