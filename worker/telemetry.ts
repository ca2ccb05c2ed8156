import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { QueueStats } from '../shared/queue-stats.ts'
import type { Config } from './config.ts'
import type { Db, FunctionName } from './db.ts'
import { faultOf, type TaskError } from './errors.ts'
import { createMetrics, kindLabel } from './monitoring/metrics.ts'
import { createOutages } from './monitoring/outages.ts'
import { hideQueue, showQueue } from './monitoring/queue-state.ts'
import type { Reports } from './monitoring/sentry.ts'
import type { StopReason, Task } from './task.ts'

/**
 * Every log line and every metric of the worker: one function per event; monitoring/README.md lists them. No line holds
 * a payload, a prompt, an answer or a key; the prompt is shown, shortened, only where LOG_PROMPTS asks for it (the local
 * stack does).
 */
export type Telemetry = ReturnType<typeof createTelemetry>

/**
 * @param log where and how much to write; metrics are kept in any case.
 * @param reports where to report what a human must look at, besides the log.
 */
export function createTelemetry(log: Config['log'], reports?: Reports) {
  const logger = createLogger(log)
  const metrics = createMetrics()
  hideQueue(metrics)
  metrics.poolWaiting.remove()
  // Lines and labels of each task cost more than a small task itself, so neither is made in vain.
  const isTalkative = logger.isLevelEnabled('info')
  const ofKind = remember((kind: string) => ({
    claimed: metrics.claimed.labels(kind),
    wait: metrics.wait.labels(kind),
  }))
  const ofEnd = remember((kind: string, status: string) => ({
    settled: metrics.settled.labels(kind, status),
    run: metrics.run.labels(kind, status),
  }))
  const ofCall = remember((name: string, result: string) => metrics.callSeconds.labels(name, result))
  // Such attempts are told of twice, and count once.
  const knownAsLost = new WeakSet<Task>()
  const outages = createOutages()
  const toldOfTraces = new Map<string, number>()
  return {
    /** The metrics in Prometheus' text format. */
    expose: () => metrics.registry.metrics(),
    metricsType: metrics.registry.contentType,

    workerOnline(worker: { id: string; version: string; transport: string; model: string; concurrency: number }) {
      metrics.info.set({ version: worker.version, transport: worker.transport, model: worker.model }, 1)
      metrics.slots.set(worker.concurrency)
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
      const { claimed, wait } = ofKind(kindLabel(task.kind))
      claimed.inc()
      wait.observe(task.waitedSeconds)
      metrics.inFlight.inc()
      if (!isTalkative) return
      logger.info({ event: 'task_claimed', ...nameOf(task) }, `⚡ Found Task ${task.id}!`)
      const prompt = log.prompts && promptOf(task)
      if (prompt) logger.info({ event: 'task_prompt', ...nameOf(task) }, `   User asking: ${prompt}`)
    },
    /** @param status the row's new status, or `lost` when the attempt was no longer ours to settle. */
    taskSettled(task: Task, status: string, seconds: number, code?: string) {
      const { settled, run } = ofEnd(kindLabel(task.kind), status)
      settled.inc()
      run.observe(seconds)
      metrics.inFlight.dec()
      if (code) metrics.faults.inc({ code, status })
      if (status === 'lost' && !knownAsLost.has(task)) metrics.leasesLost.inc({ noticed: 'settling' })
      if (!isTalkative) return
      const line = { event: 'task_settled', ...nameOf(task), status, seconds: Number(seconds.toFixed(3)), code }
      logger.info(line, `${SIGNS[status] ?? '↩️ '} Task ${task.id} ${words(status)}${code ? ` (${code})` : ''}.`)
    },
    taskStopped(task: Task, reason: StopReason) {
      metrics.stops.inc({ reason })
      if (reason === 'lost') {
        knownAsLost.add(task)
        metrics.leasesLost.inc({ noticed: 'running' })
      }
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
      metrics.crashes.inc({ kind: kindLabel(task.kind) })
      logger.error({ event: 'task_crashed', ...nameOf(task), err: error }, `Task ${task.id} met an unforeseen error.`)
      const { code } = faultOf(error)
      reports?.report(error, { event: 'task_crashed', ...nameOf(task), kind: kindLabel(task.kind), code })
    },

    modelCalled(task: Task, call: ModelCall) {
      const { model, seconds, usage, cost } = call
      metrics.modelCalls.inc({ model })
      metrics.modelSeconds.observe({ model }, seconds)
      metrics.tokens.inc({ model, direction: 'input' }, usage.inputTokens)
      metrics.tokens.inc({ model, direction: 'output' }, usage.outputTokens)
      metrics.cost.inc({ model }, cost ?? 0)
      logger.debug({ event: 'model_called', ...nameOf(task), ...call }, 'A model answered.')
    },
    modelRetried(task: Task, code: string, seconds: number) {
      metrics.modelRetries.inc({ code })
      logger.warn({ event: 'model_retried', ...nameOf(task), code, seconds }, `A model call is repeated: ${code}.`)
    },
    toolCalled(task: Task, call: { tool: string; agent: string; seconds: number; failed: boolean }) {
      metrics.toolSeconds.observe({ tool: call.tool, result: call.failed ? 'failed' : 'ok' }, call.seconds)
      logger.debug({ event: 'tool_called', ...nameOf(task), ...call }, `The tool ${call.tool} was called.`)
    },
    /** Once for each call: one that is met again in a later attempt is not refused anew. */
    toolRefused(task: Task, { tool, agent, reason }: { tool: string; agent: string; reason: ToolRefusal }) {
      metrics.toolsRefused.inc({ tool, reason })
      logger.debug({ event: 'tool_refused', ...nameOf(task), tool, agent, reason }, `${tool} was refused: ${reason}.`)
    },
    /** The same of a tool that somebody calls over MCP. */
    todoRefused(tool: string, code: string) {
      metrics.toolsRefused.inc({ tool, reason: code })
    },
    /** @param categories the provider's; none where another guardrail objects. */
    contentRefused(place: ContentPlace, categories: readonly string[] = []) {
      metrics.contentRefused.inc({ place, reason: categories[0] ?? 'other' })
      logger.debug({ event: 'content_refused', place, categories }, 'A text was not let pass.')
    },
    /** @param id what the caller may ask by. */
    requestAnswered({ route, status, seconds, id }: { route: string; status: number; seconds: number; id: string }) {
      metrics.requestSeconds.observe({ route, status }, seconds)
      const line = { event: 'request_answered', route, status, seconds, correlation: id }
      logger.debug(line, `${route} was answered with ${status}.`)
    },
    /** @param code as the caller is told it. */
    requestRefused({ route, code, id }: { route: string; code: string; id: string }) {
      metrics.requestsRefused.inc({ route, code })
      // Whoever is nobody must not fill the log.
      if (code === 'unauthenticated' || code === 'not_found') return
      logger.info({ event: 'request_refused', route, code, correlation: id }, `${route} was refused: ${code}.`)
    },
    /** An error that no one foresaw: a human must look. */
    requestCrashed(error: unknown, id?: string) {
      logger.error({ event: 'request_crashed', err: error, correlation: id }, 'A request met an unforeseen error.')
    },
    /** The rows are the truth, so a lost broadcast only makes browsers a little later. */
    broadcastFailed(error: unknown) {
      metrics.broadcastsFailed.inc()
      logger.debug({ event: 'broadcast_failed', err: error }, 'A broadcast was not taken.')
    },
    /** Traces are for people who look later: a line a minute is enough. */
    traceFailed(sink: string, error: unknown) {
      metrics.tracesFailed.inc({ sink })
      const now = performance.now()
      if (now - (toldOfTraces.get(sink) ?? Number.NEGATIVE_INFINITY) < 60_000) return
      toldOfTraces.set(sink, now)
      logger.warn({ event: 'trace_failed', sink, err: error }, `Traces were not taken by ${sink}; tasks go on.`)
    },

    tasksReaped(tasks: Reaped[]) {
      metrics.reaped.inc(tasks.length)
      const [first] = tasks
      // A worker that was killed cannot tell of it; one report is enough for all it had.
      if (first) {
        const lost = { event: 'task_reaped', code: 'worker_lost', ...nameOfReaped(first), tasks: tasks.length }
        reports?.report(new Error('A worker was lost.'), lost)
      }
      for (const each of tasks) {
        const { task_id, status } = each
        const line = { event: 'task_reaped', ...nameOfReaped(each), status }
        logger.warn(line, `🧹 Task ${task_id} lost its worker: ${status}.`)
      }
    },
    /** @param done null when another worker was at it. */
    upkeepDone(done: { expired: number; pruned: number } | null) {
      metrics.upkeepRounds.inc({ outcome: done ? 'done' : 'left' })
      if (!done) return
      metrics.expired.inc(done.expired)
      metrics.pruned.inc(done.pruned)
      const { expired, pruned } = done
      logger.debug({ event: 'upkeep_done', expired, pruned }, `🧹 Upkeep: ${expired} expired, ${pruned} rows pruned.`)
    },
    /** @param tasks how many it made. */
    scheduleTicked(schedule: string, tasks: number) {
      if (tasks === 0) return
      metrics.scheduleTicks.inc(tasks)
      logger.info({ event: 'schedule_ticked', schedule, tasks }, `📅 Schedule ${schedule} made ${tasks} tasks.`)
    },
    /** One that cannot be read: it is paused until its owner mends it. */
    scheduleRefused(schedule: string, code: string) {
      metrics.schedulesRefused.inc({ code })
      logger.warn({ event: 'schedule_refused', schedule, code }, `Schedule ${schedule} is paused: ${code}.`)
    },

    /** @param state undefined when the database did not tell. */
    queueSeen(state: QueueStats | undefined) {
      showQueue(metrics, state)
    },
    /** @param pool undefined where there is none. */
    poolSeen(pool: ReturnType<NonNullable<Db['pool']>> | undefined) {
      metrics.poolConnections.reset()
      metrics.poolWaiting.remove()
      if (!pool) return
      metrics.poolConnections.set({ state: 'busy' }, pool.busy)
      metrics.poolConnections.set({ state: 'idle' }, pool.idle)
      metrics.poolWaiting.set(pool.waiting)
    },
    databaseCalled() {
      metrics.callsInFlight.inc()
    },
    /** @param tasks how many the call was about, where that may be many. */
    databaseAnswered(name: FunctionName, seconds: number, tasks?: number) {
      metrics.callsInFlight.dec()
      outages.answered(name)
      ofCall(name, 'ok').observe(seconds)
      if (tasks !== undefined) metrics.callTasks.observe({ function: name }, tasks)
    },
    databaseUnanswered(name: FunctionName, seconds: number) {
      metrics.callsInFlight.dec()
      ofCall(name, 'failed').observe(seconds)
    },
    /** @param what the work that did not reach the database; it is tried again. */
    databaseFailed(what: string, error: unknown) {
      metrics.databaseErrors.inc({ what })
      logger.warn({ event: 'database_failed', what, err: error }, `The database did not take a ${what}; trying again.`)
      if (outages.failed(what)) reports?.report(error, { event: 'database_failed', what })
    },
    hearingBegan() {
      metrics.hearing.set(1)
      logger.debug({ event: 'hearing_began' }, 'New tasks are announced at once.')
    },
    /** After a cut; `hearingBegan` follows when it is over. */
    hearingLost() {
      metrics.hearing.set(0)
      metrics.hearingLost.inc()
      logger.warn({ event: 'hearing_lost' }, 'New tasks are not announced for now; polling finds them.')
    },
    hearingFailed(error: unknown) {
      metrics.hearing.set(0)
      logger.warn({ event: 'hearing_failed', err: error }, 'New tasks are not announced at once; polling finds them.')
    },
  }
}

/** What a call was refused for: by SQL (`run_tool`), by people, or by a guardrail. */
export type ToolRefusal =
  | 'rights'
  | 'input'
  | 'limit'
  | 'rate'
  | 'rule'
  | 'rejected'
  | 'expired'
  | 'guardrail'
  | 'not_offered'
/** Where a text came from: what users say, what agents answer, or what goes to a tool or comes from it. */
export type ContentPlace = 'input' | 'output' | 'tool_input' | 'tool_output'

type ModelCall = {
  model: string
  agent: string
  seconds: number
  usage: { inputTokens: number; outputTokens: number }
  /** US dollars; null when no price is known. */
  cost: number | null
}

const SIGNS: Record<string, string> = { completed: '✅', failed: '❌', cancelled: '🛑', scheduled: '🔁' }

function words(status: string): string {
  if (status === 'completed') return 'Completed successfully'
  if (status === 'scheduled') return 'will be tried again'
  if (status === 'pending') return 'was given back'
  if (status === 'waiting') return 'waits'
  return status === 'lost' ? 'is no longer ours' : status
}

/** Calls `make` once for the same words. */
function remember<Words extends string[], T>(make: (...words: Words) => T): (...words: Words) => T {
  const made = new Map<string, T>()
  return (...words) => {
    const key = words.join(' ')
    const known = made.get(key) ?? make(...words)
    made.set(key, known)
    return known
  }
}

type Reaped = { task_id: string; status: string; correlation_id: string | null }

function nameOfReaped({ task_id, correlation_id }: Reaped) {
  return { task: task_id, ...correlationOf(correlation_id) }
}

function nameOf(task: Task) {
  return { task: task.id, kind: task.kind, attempt: task.attempt, ...correlationOf(task.correlationId) }
}

/** The same field in lines about calls over HTTP, so that a call and its task are found together. */
function correlationOf(id: string | null) {
  return id === null ? {} : { correlation: id }
}

function promptOf(task: Task): string {
  const prompt = (task.payload as { prompt?: unknown } | null)?.prompt
  const text = typeof prompt === 'string' ? prompt.replaceAll(/\s+/g, ' ') : ''
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function createLogger(log: Config['log']): Logger {
  // SDK errors carry the whole state of their run, prompts included, as properties: only these get into a line.
  const err = (error: Partial<Error & { code: unknown }> | null) => {
    // Anything can be thrown.
    const { name, message, stack, code } = error ?? {}
    return { type: name, message, code, stack }
  }
  const options = { level: log.level, base: null, serializers: { err } }
  if (log.format === 'json') return pino(options)
  // In this process and at once, so that nothing is lost at exit.
  return pino(options, pretty({ sync: true, ignore: 'event,task,kind,attempt', hideObject: log.level !== 'debug' }))
}
