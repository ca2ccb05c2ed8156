import { createBroadcast } from './agents/broadcast.ts'
import { createDeltaWriter } from './agents/delta-writer.ts'
import { createIdentity } from './agents/identity.ts'
import { createModels } from './agents/models.ts'
import { createModerator } from './agents/moderation.ts'
import { createKeyMint } from './agents/realtime-key.ts'
import { createResponses } from './agents/responses.ts'
import { startTraces } from './agents/traces.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { openDb } from './db.ts'
import { measured } from './db-measured.ts'
import { createApp, listen } from './http/app.ts'
import { createDoors } from './http/doors.ts'
import { createLookUp } from './monitoring/scrape.ts'
import type { Reports } from './monitoring/sentry.ts'
import { createResearch } from './pipelines/course-generation/research/research.ts'
import { createPerform } from './pipelines/index.ts'
import { startWorker, type Worker } from './queue/worker.ts'
import { createTelemetry } from './telemetry.ts'

async function main(): Promise<void> {
  const config = loadConfig()
  const reports = await openReports(config)
  try {
    await work(config, reports)
  } catch (error) {
    reports?.report(error, { event: 'worker_crashed' })
    throw error
  } finally {
    await reports?.close()
  }
}

/** Loaded where it is asked for only: the SDK is large. */
async function openReports({ sentryDsn: dsn, version }: Config): Promise<Reports | undefined> {
  if (!dsn) return undefined
  const { startSentry } = await import('./monitoring/sentry.ts')
  return startSentry({ dsn, version })
}

/** Ties the rooms together: queue and agents meet here and nowhere else. */
async function work(config: Config, reports: Reports | undefined): Promise<void> {
  const telemetry = createTelemetry(config.log, reports)
  const db = measured(openDb(config), telemetry)
  const traces = startTraces(config.traces, telemetry)
  const ending = new AbortController()
  let worker: Worker | undefined
  const moderate = createModerator(config.model)
  const doors = createDoors({
    config,
    telemetry,
    ending: ending.signal,
    modelName: config.model.name,
    moderate,
    mintRealtimeKey: createKeyMint(config.model, config.realtime, db),
    responseModels: config.responseModels,
    respond: createResponses(config.model, db),
    takeTurn: (p_user, p_bucket, p_per_minute) => db.call('take_api_turn', { p_user, p_bucket, p_per_minute }),
    seeTurn: (p_user, p_bucket, p_per_minute) => db.call('see_api_turn', { p_user, p_bucket, p_per_minute }),
  })
  const http = await listen(
    createApp(() => worker, telemetry, createLookUp(db, telemetry), doors),
    config.http,
  )
  const room = {
    db,
    models: createModels(config.model),
    moderate,
    model: config.model,
    mcpServers: config.mcpServers,
    identity: createIdentity(config.userTokenSecret),
    traces,
    broadcast: createBroadcast(config.supabase, telemetry),
    deltas: createDeltaWriter(db, telemetry),
    telemetry,
  }
  const perform = createPerform(room, {
    research: createResearch(config.research),
    todosUrl: config.todosUrl ?? `${http.url}/mcp`,
  })
  worker = await startWorker({ db, perform, config: config.queue, identity: config, telemetry })
  telemetry.workerOnline({
    id: worker.id,
    version: config.version,
    transport: db.hears === 'postgres' ? 'direct' : 'supabase-js',
    model: config.model.name,
    concurrency: config.queue.concurrency,
  })

  await untilToldToStop(worker)
  ending.abort()
  await Promise.all([http.close(), traces.flush()])
  await db.close()
}

/** The first signal lets tasks end in time, the second gives them back at once. */
async function untilToldToStop(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let stopping = false
  const onSignal = () => {
    if (stopping) return worker.stopNow()
    stopping = true
    resolve(worker.stop())
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  await promise
}

// Importing the SDK leaves timers behind, so the end has to be said.
main().then(
  () => process.exit(0),
  error => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : (error.stack ?? error)}\n`)
    process.exit(1)
  },
)
