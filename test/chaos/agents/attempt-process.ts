import { Pool } from 'pg'
import type { Json } from '../../../shared/database.types.ts'
import { type AgentRoom, openContext, type TaskContext } from '../../../worker/agents/context.ts'
import { createDeltaWriter } from '../../../worker/agents/delta-writer.ts'
import { createIdentity } from '../../../worker/agents/identity.ts'
import { createModels } from '../../../worker/agents/models.ts'
import { Parked } from '../../../worker/agents/parked.ts'
import { startTraces } from '../../../worker/agents/traces.ts'
import type { Config } from '../../../worker/config.ts'
import { type Db, openDb } from '../../../worker/db.ts'
import { TaskError } from '../../../worker/errors.ts'
import { taskOf } from '../../../worker/queue/worker.ts'
import type { Task } from '../../../worker/task.ts'
import type { Telemetry } from '../../../worker/telemetry.ts'
import { type Act, serveOrder } from './cast.ts'
import { createPass, type Pass, type Point, withPoints, withPointsInStreams } from './points.ts'

// A worker that makes one attempt after the other at the tasks it is sent, until it is told to die in the midst of one.

/** What the parent says first. */
export type Hire = { project: Pick<Config, 'supabase' | 'databaseUrl'>; effectsUrl: string; model: Config['model'] }
/** What it asks for then: an attempt at the one task of that kind, and where to die. */
export type Order = { kind: string; death: Point | null }
/** How the attempt ended, and what it passed on the way. */
export type Report = { status: string; passed: Omit<Point, 'attempt'>[]; problem?: string }

const hire = JSON.parse(String(process.argv[2])) as Hire
const connection = openDb(hire.project)
const models = createModels(hire.model)
const effects = new Pool({ connectionString: hire.effectsUrl, max: 2 })
// What is told here is of no use: the parent looks at what was done.
const telemetry = new Proxy({} as Telemetry, { get: () => () => undefined })

const traces = startTraces({ openaiKey: undefined, otlpUrl: undefined, content: false, version: '0' }, telemetry)

process.on('disconnect', () => process.exit(0))
process.on('message', async (order: Order) => {
  const { pass, passed } = createPass(order.death)
  const { status, problem } = await attempt(withPoints(connection, pass), order.kind, pass)
  process.send?.({ status, passed: passed(), ...(problem && { problem }) } satisfies Report)
})
process.send?.('ready')

async function attempt(db: Db, kind: string, pass: Pass): Promise<{ status: string; problem?: string }> {
  const [claimed] = await db.call('claim', {
    p_worker: '00000000-0000-4000-8000-00000000000c',
    p_slots: 1,
    p_lease_seconds: 120,
    p_kinds: [kind],
  })
  if (!claimed) return { status: 'nothing to do' }
  const { outcome, detail, problem } = await perform(db, taskOf(claimed), pass)
  const [settled] = await db.call('settle', {
    p_tasks: [claimed.task_id],
    p_leases: [claimed.lease_id],
    p_outcomes: [outcome],
    p_details: [detail],
  })
  return { status: settled?.status ?? 'lost', ...(problem && { problem }) }
}

type Ending = { outcome: string; detail: Json; problem?: string }

async function perform(db: Db, task: Task, pass: Pass): Promise<Ending> {
  const controller = new AbortController()
  const room: AgentRoom = {
    db,
    models: withPointsInStreams(models, pass),
    moderate: null,
    model: hire.model,
    mcpServers: {},
    identity: createIdentity(undefined),
    traces,
    broadcast: () => undefined,
    deltas: createDeltaWriter(db, telemetry),
    telemetry,
  }
  const context = await openContext(room, task, { signal: controller.signal, stop: () => controller.abort() })
  try {
    const { order } = task.payload as { order: string }
    return { outcome: 'completed', detail: { response: await serveOrder(context, order, actFor(context, pass)) } }
  } catch (error) {
    await Promise.allSettled(context.runs.values())
    if (error instanceof Parked) return { outcome: 'waiting', detail: {} }
    return failure(error)
  } finally {
    await context.progress.end()
    await context.stream.close()
    controller.abort()
  }
}

/** Nothing may fail here but by death, so whatever does is told. */
function failure(error: unknown): Ending {
  const problem = error instanceof Error ? String(error.stack) : String(error)
  const code = error instanceof TaskError ? error.code : 'internal'
  return { outcome: 'failed', detail: { error: { code, message: problem, retryable: false } }, problem }
}

function actFor({ task }: TaskContext, pass: Pass): Act {
  return async (name, callId) => {
    pass(`before effect ${name}`)
    await effects.query('insert into chaos.effects (task_id, name, call_id) values ($1, $2, $3)', [
      task.id,
      name,
      callId,
    ])
    pass(`after effect ${name}`)
  }
}
