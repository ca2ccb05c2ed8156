import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Worker } from '../queue/worker.ts'
import type { Telemetry } from '../telemetry.ts'

/**
 * What supervisors and Prometheus ask: `/health` (the process lives), `/ready` (it takes tasks), `/metrics`. These tell
 * nothing of tasks, prompts or keys.
 *
 * @param worker the worker, once there is one: the port is taken first, so that a process which cannot have it takes no task.
 * @param lookUp called before `/metrics` answers: brings what is not told as it happens.
 * @param doors what users call.
 */
export function createApp(
  worker: () => Pick<Worker, 'id' | 'inFlight' | 'isReady'> | undefined,
  telemetry: Telemetry,
  lookUp?: () => Promise<void>,
  doors = new Hono(),
): Hono {
  return new Hono()
    .get('/health', c => c.json({ status: 'ok', worker: worker()?.id ?? null, inFlight: worker()?.inFlight() ?? 0 }))
    .get('/ready', c => (worker()?.isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'not ready' }, 503)))
    .get('/metrics', async c => {
      await lookUp?.()
      return c.text(await telemetry.expose(), 200, { 'content-type': telemetry.metricsType })
    })
    .route('/', doors)
}

/** Requests under way at the end have so long, streams among them. */
const GOODBYE_MS = 1_000

/** Serves the app. Resolves once it listens, with the URL by which this machine reaches it. @throws when the port is taken. */
export async function listen(
  app: Hono,
  at: { host: string; port: number },
): Promise<{ url: string; close: () => Promise<void> }> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = serve({ fetch: app.fetch, hostname: at.host, port: at.port }, ({ port }) => resolve(port))
  server.once('error', reject)
  const port = await promise
  const close = () =>
    new Promise<void>(closed => {
      const force = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), GOODBYE_MS)
      server.close(() => {
        clearTimeout(force)
        closed()
      })
    })
  return { url: `http://${nameOf(at.host)}:${port}`, close }
}

/** All addresses of a machine are none to call; its own are. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
