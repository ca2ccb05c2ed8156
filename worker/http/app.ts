import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Worker } from '../queue/worker.ts'
import type { Telemetry } from '../telemetry.ts'

/**
 * What supervisors and Prometheus ask: `/health` (the process lives), `/ready` (it takes tasks), `/metrics`.
 * Nothing here tells of tasks, prompts or keys.
 *
 * @param worker the worker, once there is one: the port is taken first, so that a process which cannot have it takes no task.
 * @param lookUp called before `/metrics` answers: brings what is not told as it happens.
 */
export function createApp(
  worker: () => Pick<Worker, 'id' | 'inFlight' | 'isReady'> | undefined,
  telemetry: Telemetry,
  lookUp?: () => Promise<void>,
): Hono {
  return new Hono()
    .get('/health', c => c.json({ status: 'ok', worker: worker()?.id ?? null, inFlight: worker()?.inFlight() ?? 0 }))
    .get('/ready', c => (worker()?.isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503)))
    .get('/metrics', async c => {
      await lookUp?.()
      return c.text(await telemetry.expose(), 200, { 'content-type': telemetry.metricsType })
    })
}

/** Serves the app. Resolves once it listens. @throws when the port is taken. */
export async function listen(app: Hono, at: { host: string; port: number }): Promise<{ close: () => Promise<void> }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const server = serve({ fetch: app.fetch, hostname: at.host, port: at.port }, () => resolve())
  server.once('error', reject)
  await promise
  return { close: () => new Promise(closed => server.close(() => closed())) }
}
