import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { isKind } from '../shared/kinds.ts'
import type { Config } from './config.ts'
import type { TaskError } from './errors.ts'
import type { StopReason, Task } from './task.ts'

/**
 * Every log line and every metric of the worker: one function per event. No line holds a payload, a prompt, an answer
 * or a key; the prompt is shown, shortened, only where LOG_PROMPTS asks for it (the local stack does).
 */
export type Telemetry = ReturnType<typeof createTelemetry>

/** @param log where and how much to write; metrics are kept in any case. */
export function createTelemetry(log: Config['log']) {
  const logger = createLogger(log)
  const metrics = createMetrics()
  return {
    /** The metrics in Prometheus' text format. */
    expose: () => metrics.registry.metrics(),
    metricsType: metrics.registry.contentType,

    workerOnline(worker: { id: string; version: string; transport: string; model: string; concurrency: number }) {
      logger.info({ event: 'worker_online', ...worker }, '🟢 Agent Worker is ONLINE.')
      logger.info({ event: 'worker_watching' }, "👀 Watching table 'agent_task_requests' for 'pending' tasks...")
      logger.info({ event: 'worker_started' }, `⏰ Started at: ${new Date().toLocaleString('sv')}`)
    },
    workerStopping(inFlight: number, drainSeconds: number) {
      logger.info(
        { event: 'worker_stopping', inFlight },
        `🟡 Stopping: no new tasks; ${inFlight} in flight may take ${drainSeconds} s to end.`,
      )
    },
    workerOffline() {
      logger.info({ event: 'worker_offline' }, '⚪ Agent Worker is OFFLINE.')
    },
    heartbeat(inFlight: number) {
      const time = new Date().toTimeString().slice(0, 8)
      logger.info({ event: 'heartbeat', inFlight }, `💓 Worker heartbeat: ${time} - Still watching for tasks...`)
    },

    taskClaimed(task: Task) {
      metrics.claimed.inc({ kind: labelOf(task) })
      metrics.wait.observe({ kind: labelOf(task) }, task.waitedSeconds)
      metrics.inFlight.inc()
      logger.info({ event: 'task_claimed', ...nameOf(task) }, `⚡ Found Task ${task.id}!`)
      const prompt = log.prompts && promptOf(task)
      if (prompt) logger.info({ event: 'task_prompt', ...nameOf(task) }, `   User asking: ${prompt}`)
    },
    /** @param status the row's new status, or `lost` when the attempt was no longer ours to settle. */
    taskSettled(task: Task, status: string, seconds: number, code?: string) {
      metrics.settled.inc({ kind: labelOf(task), status })
      metrics.run.observe({ kind: labelOf(task), status }, seconds)
      metrics.inFlight.dec()
      const line = { event: 'task_settled', ...nameOf(task), status, seconds: Number(seconds.toFixed(3)), code }
      logger.info(line, `${SIGNS[status] ?? '↩️ '} Task ${task.id} ${words(status)}${code ? ` (${code})` : ''}.`)
    },
    taskStopped(task: Task, reason: StopReason) {
      logger.info({ event: 'task_stopping', ...nameOf(task), reason }, `✋ Task ${task.id} is told to stop: ${reason}.`)
    },
    /** What stands behind a code, for operators. The cause's message may quote the prompt, so it stays out. */
    taskFaulted(task: Task, { code, cause }: TaskError) {
      const { name, status, requestID } = (cause ?? {}) as { name?: string; status?: number; requestID?: string }
      const line = { event: 'task_faulted', ...nameOf(task), code, cause: name, status, requestID }
      logger.debug(line, `Task ${task.id} met ${code}.`)
    },
    /** An error that no one foresaw: a human must look. Provider errors carry no prompt in their message. */
    taskCrashed(task: Task, error: unknown) {
      logger.error({ event: 'task_crashed', ...nameOf(task), err: error }, `Task ${task.id} met an unforeseen error.`)
    },

    modelCalled(task: Task, model: string, seconds: number, tokens: number) {
      metrics.modelCalls.inc({ model })
      metrics.tokens.inc({ model }, tokens)
      logger.debug({ event: 'model_called', ...nameOf(task), model, seconds, tokens }, 'A model answered.')
    },
    modelRetried(task: Task, code: string, seconds: number) {
      metrics.modelRetries.inc({ code })
      logger.warn({ event: 'model_retried', ...nameOf(task), code, seconds }, `A model call is repeated: ${code}.`)
    },
    toolCalled(task: Task, tool: string, seconds: number) {
      logger.debug({ event: 'tool_called', ...nameOf(task), tool, seconds }, `The tool ${tool} was called.`)
    },
    /** The rows are the truth, so a lost broadcast only makes browsers a little later. */
    broadcastFailed(error: unknown) {
      logger.debug({ event: 'broadcast_failed', err: error }, 'A broadcast was not taken.')
    },

    tasksReaped(tasks: { task_id: string; status: string }[]) {
      metrics.reaped.inc(tasks.length)
      for (const { task_id, status } of tasks) {
        logger.warn({ event: 'task_reaped', task: task_id, status }, `🧹 Task ${task_id} lost its worker: ${status}.`)
      }
    },
    /** @param what the work that did not reach the database; it is tried again. */
    databaseFailed(what: string, error: unknown) {
      metrics.databaseErrors.inc({ what })
      logger.warn({ event: 'database_failed', what, err: error }, `The database did not take a ${what}; trying again.`)
    },
    hearingFailed(error: unknown) {
      logger.warn({ event: 'hearing_failed', err: error }, 'New tasks are not announced at once; polling finds them.')
    },
  }
}

const SIGNS: Record<string, string> = { completed: '✅', failed: '❌', cancelled: '🛑', scheduled: '🔁' }

function words(status: string): string {
  if (status === 'completed') return 'Completed successfully'
  if (status === 'scheduled') return 'will be tried again'
  if (status === 'pending') return 'was given back'
  return status === 'lost' ? 'is no longer ours' : status
}

function nameOf(task: Task) {
  return { task: task.id, kind: task.kind, attempt: task.attempt }
}

/** Users name kinds, and each label lives in memory for good: only ours become labels. */
function labelOf({ kind }: Task): string {
  return isKind(kind) ? kind : 'unknown'
}

function promptOf(task: Task): string {
  const prompt = (task.payload as { prompt?: unknown } | null)?.prompt
  const text = typeof prompt === 'string' ? prompt.replaceAll(/\s+/g, ' ') : ''
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function createLogger(log: Config['log']): Logger {
  // SDK errors carry the whole state of their run, prompts included, as properties: only these get into a line.
  const err = ({ name, message, stack, code }: Error & { code?: unknown }) => ({ type: name, message, code, stack })
  const options = { level: log.level, base: null, serializers: { err } }
  if (log.format === 'json') return pino(options)
  // In this process and at once, so that nothing is lost at exit.
  return pino(options, pretty({ sync: true, ignore: 'event,task,kind,attempt', hideObject: log.level !== 'debug' }))
}

function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900]
  return {
    registry,
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
      buckets,
    }),
    run: new Histogram({
      registers,
      name: 'liverow_task_run_seconds',
      help: 'From claim to settle.',
      labelNames: ['kind', 'status'],
      buckets,
    }),
    inFlight: new Gauge({ registers, name: 'liverow_tasks_in_flight', help: 'Tasks at work here.' }),
    reaped: new Counter({ registers, name: 'liverow_tasks_reaped_total', help: 'Tasks taken back from dead workers.' }),
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
    tokens: new Counter({ registers, name: 'liverow_tokens_total', help: 'Tokens used.', labelNames: ['model'] }),
    databaseErrors: new Counter({
      registers,
      name: 'liverow_database_errors_total',
      help: 'Calls that the database did not take.',
      labelNames: ['what'],
    }),
  }
}
