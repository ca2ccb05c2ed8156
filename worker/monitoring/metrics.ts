import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { isKind, kinds } from '../../shared/kinds.ts'
import type { StopReason } from '../task.ts'

/** Every metric of the worker; README.md beside this file says what each means. */
export type Metrics = ReturnType<typeof createMetrics>

/** What `kind` may be as a label. */
export const KIND_LABELS = [...Object.keys(kinds), 'unknown']
const STATUSES = ['completed', 'failed', 'cancelled', 'scheduled', 'pending', 'waiting', 'lost']
const REASONS: StopReason[] = ['shutdown', 'cancel', 'deadline', 'lost']

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900]
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
const TASKS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/** Users name kinds, and each label lives in memory for good: only ours become labels. */
export function kindLabel(kind: string): string {
  return isKind(kind) ? kind : 'unknown'
}

export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const metrics = {
    registry,
    ...taskMetrics([registry]),
    ...queueMetrics([registry]),
    ...databaseMetrics([registry]),
    ...workerMetrics([registry]),
    ...modelMetrics([registry]),
  }
  beginAtZero(metrics)
  return metrics
}

/** `increase` does not see the first event of a series that begins with it, and a loss is often the first. */
function beginAtZero({ claimed, settled, crashes, leasesLost, stops, databaseErrors, upkeepRounds }: Metrics): void {
  for (const kind of KIND_LABELS) {
    claimed.inc({ kind }, 0)
    crashes.inc({ kind }, 0)
    for (const status of STATUSES) settled.inc({ kind, status }, 0)
  }
  for (const noticed of ['running', 'settling']) leasesLost.inc({ noticed }, 0)
  for (const reason of REASONS) stops.inc({ reason }, 0)
  for (const what of ['claim', 'beat', 'settle', 'upkeep', 'schedules', 'stats']) databaseErrors.inc({ what }, 0)
  for (const outcome of ['done', 'left']) upkeepRounds.inc({ outcome }, 0)
}

/** What happens to tasks here: the sum over all workers is the whole. */
function taskMetrics(registers: Registry[]) {
  return {
    claimed: new Counter({
      registers,
      name: 'liverow_tasks_claimed_total',
      help: 'Tasks taken.',
      labelNames: ['kind'],
    }),
    settled: new Counter({
      registers,
      name: 'liverow_tasks_settled_total',
      help: 'Attempts ended, by the status of the row.',
      labelNames: ['kind', 'status'],
    }),
    wait: new Histogram({
      registers,
      name: 'liverow_task_wait_seconds',
      help: 'From due to claimed.',
      labelNames: ['kind'],
      buckets: SECONDS,
    }),
    run: new Histogram({
      registers,
      name: 'liverow_task_run_seconds',
      help: 'From claim to settle.',
      labelNames: ['kind', 'status'],
      buckets: SECONDS,
    }),
    inFlight: new Gauge({ registers, name: 'liverow_tasks_in_flight', help: 'Tasks at work here.' }),
    faults: new Counter({
      registers,
      name: 'liverow_task_faults_total',
      help: 'Attempts ended with an error, by its code and the status of the row.',
      labelNames: ['code', 'status'],
    }),
    crashes: new Counter({
      registers,
      name: 'liverow_task_crashes_total',
      help: 'Attempts that met an error which no one foresaw.',
      labelNames: ['kind'],
    }),
    stops: new Counter({
      registers,
      name: 'liverow_task_stops_total',
      help: 'Attempts told to stop before their end.',
      labelNames: ['reason'],
    }),
    leasesLost: new Counter({
      registers,
      name: 'liverow_leases_lost_total',
      help: 'Attempts that were no longer ours, by when that was noticed.',
      labelNames: ['noticed'],
    }),
  }
}

/** The queue as the database tells it: each worker tells the same, so take the maximum and never the sum. */
function queueMetrics(registers: Registry[]) {
  return {
    databaseUp: new Gauge({
      registers,
      name: 'liverow_database_up',
      help: 'Whether the database told how the queue is doing.',
    }),
    queueTasks: new Gauge({
      registers,
      name: 'liverow_queue_tasks',
      help: 'Open tasks in the queue.',
      labelNames: ['kind', 'status'],
    }),
    oldestPending: new Gauge({
      registers,
      name: 'liverow_queue_oldest_pending_seconds',
      help: 'How long the oldest pending task has been due; 0 when none is.',
    }),
    stuckTasks: new Gauge({
      registers,
      name: 'liverow_queue_stuck_tasks',
      help: 'Tasks whose lease has run out and that nobody has taken back.',
    }),
    workersAlive: new Gauge({
      registers,
      name: 'liverow_workers_alive',
      help: 'Workers that have beaten within a minute.',
    }),
    workersOfKind: new Gauge({
      registers,
      name: 'liverow_workers_of_kind',
      help: 'Workers alive that take this kind.',
      labelNames: ['kind'],
    }),
    reaped: new Counter({ registers, name: 'liverow_tasks_reaped_total', help: 'Tasks taken back from dead workers.' }),
    expired: new Counter({
      registers,
      name: 'liverow_tasks_expired_total',
      help: 'Tasks ended because their deadline passed before anybody took them.',
    }),
    pruned: new Counter({ registers, name: 'liverow_rows_pruned_total', help: 'Rows removed as kept long enough.' }),
    upkeepRounds: new Counter({
      registers,
      name: 'liverow_upkeep_rounds_total',
      help: 'Rounds of upkeep: done here, or left to another worker that was at it.',
      labelNames: ['outcome'],
    }),
    scheduleTicks: new Counter({
      registers,
      name: 'liverow_schedule_ticks_total',
      help: 'Tasks made of schedules.',
    }),
    schedulesRefused: new Counter({
      registers,
      name: 'liverow_schedules_refused_total',
      help: 'Schedules paused because they cannot be read.',
      labelNames: ['code'],
    }),
  }
}

function databaseMetrics(registers: Registry[]) {
  return {
    databaseErrors: new Counter({
      registers,
      name: 'liverow_database_errors_total',
      help: 'Calls that the database did not take.',
      labelNames: ['what'],
    }),
    callsInFlight: new Gauge({
      registers,
      name: 'liverow_database_calls_in_flight',
      help: 'Calls of database functions that wait for their answer.',
    }),
    callSeconds: new Histogram({
      registers,
      name: 'liverow_database_call_seconds',
      help: 'From the call of a database function to its answer, its wait for a connection included.',
      labelNames: ['function', 'result'],
      buckets: CALL_SECONDS,
    }),
    callTasks: new Histogram({
      registers,
      name: 'liverow_database_call_tasks',
      help: 'Tasks in one call: taken by a claim, prolonged by a beat, ended by a settle.',
      labelNames: ['function'],
      buckets: TASKS,
    }),
    poolConnections: new Gauge({
      registers,
      name: 'liverow_database_pool_connections',
      help: 'Open connections to PostgreSQL.',
      labelNames: ['state'],
    }),
    poolWaiting: new Gauge({
      registers,
      name: 'liverow_database_pool_waiting',
      help: 'Calls that wait for a connection to PostgreSQL.',
    }),
    hearing: new Gauge({
      registers,
      name: 'liverow_hearing',
      help: 'Whether events of the database are heard; polling does without.',
    }),
    hearingLost: new Counter({
      registers,
      name: 'liverow_hearing_lost_total',
      help: 'How often events of the database could no longer be heard.',
    }),
    broadcastsFailed: new Counter({
      registers,
      name: 'liverow_broadcasts_failed_total',
      help: 'Broadcasts to browsers that were not taken.',
    }),
    tracesFailed: new Counter({
      registers,
      name: 'liverow_trace_sends_failed_total',
      help: 'Batches of traces that were not taken.',
      labelNames: ['sink'],
    }),
  }
}

function workerMetrics(registers: Registry[]) {
  return {
    info: new Gauge({
      registers,
      name: 'liverow_worker_info',
      help: 'Always 1; the labels say what runs.',
      labelNames: ['version', 'transport', 'model'],
    }),
    slots: new Gauge({ registers, name: 'liverow_worker_slots', help: 'Tasks that may be at work here at once.' }),
    requestsRefused: new Counter({
      registers,
      name: 'liverow_http_refusals_total',
      help: 'Requests of users over HTTP that were refused, by the code that they were told.',
      labelNames: ['route', 'code'],
    }),
    requestSeconds: new Histogram({
      registers,
      name: 'liverow_http_request_seconds',
      help: 'From a request of a user over HTTP to its answer.',
      labelNames: ['route', 'status'],
      buckets: SECONDS,
    }),
  }
}

function modelMetrics(registers: Registry[]) {
  return {
    modelCalls: new Counter({
      registers,
      name: 'liverow_model_calls_total',
      help: 'Model calls.',
      labelNames: ['model'],
    }),
    modelRetries: new Counter({
      registers,
      name: 'liverow_model_retries_total',
      help: 'Model calls repeated, by cause.',
      labelNames: ['code'],
    }),
    modelSeconds: new Histogram({
      registers,
      name: 'liverow_model_call_seconds',
      help: 'From the call of a model to the end of its answer.',
      labelNames: ['model'],
      buckets: SECONDS,
    }),
    toolSeconds: new Histogram({
      registers,
      name: 'liverow_tool_call_seconds',
      help: 'How long tools take.',
      labelNames: ['tool', 'result'],
      buckets: SECONDS,
    }),
    toolsRefused: new Counter({
      registers,
      name: 'liverow_tool_refusals_total',
      help: 'Calls of tools that were refused, by what they were refused for.',
      labelNames: ['tool', 'reason'],
    }),
    contentRefused: new Counter({
      registers,
      name: 'liverow_content_refusals_total',
      help: 'What guardrails and moderation did not let pass, by the first category.',
      labelNames: ['place', 'reason'],
    }),
    tokens: new Counter({
      registers,
      name: 'liverow_tokens_total',
      help: 'Tokens used.',
      labelNames: ['model', 'direction'],
    }),
    cost: new Counter({
      registers,
      name: 'liverow_model_cost_dollars_total',
      help: 'What model calls cost; those without a known price count as nothing.',
      labelNames: ['model'],
    }),
  }
}
