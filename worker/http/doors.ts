import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Config } from '../config.ts'
import type { Telemetry } from '../telemetry.ts'
import { createApi } from './api/route.ts'
import { createCallers } from './caller.ts'
import { createMcpRoute } from './mcp/route.ts'
import { Refusal, refusalOf } from './refusal.ts'

export type DoorsOptions = {
  config: Pick<Config, 'version' | 'http' | 'project'>
  telemetry: Telemetry
  /** Fires when the worker is about to end: whoever waits is told to come back. */
  ending: AbortSignal
  waitSeconds?: number
}

// Proxies on the way give up sooner or later, many after 30 s.
const WAIT_SECONDS = 25
const STREAM_SECONDS = 600
const CORRELATION = 'x-correlation-id'

/** What users may call over HTTP. Everything in here acts as the user whose token comes along. */
export function createDoors({ config, telemetry, ending, waitSeconds = WAIT_SECONDS }: DoorsOptions): Hono {
  const { version, http, project } = config
  const callers = createCallers(project)
  const onFault = (error: unknown) => telemetry.requestCrashed(error)
  const allowed = { hosts: http.allowedHosts, origins: http.allowedOrigins.map(each => new URL(each).hostname) }
  const doors = new Hono()
  for (const path of ['/mcp', '/api/*']) doors.use(path, cors(corsOf(http.allowedOrigins)), correlated(telemetry))
  doors.route('/', createMcpRoute({ callers, version, allowed, onFault }))
  doors.route('/', createApi({ callers, waitSeconds, streamSeconds: STREAM_SECONDS, ending }))
  return doors.onError((error, c) => {
    const refusal = refusalOf(error) ?? crash(error, onFault)
    const { code, message, status } = refusal
    return c.json({ error: { code, message } }, status, refusal.headers())
  })
}

function corsOf(origin: string[]) {
  const exposeHeaders = [CORRELATION, 'retry-after', 'location', 'www-authenticate', 'mcp-session-id']
  return { origin, exposeHeaders, maxAge: 600 }
}

/** Gives each request an id, the caller's where that is one, by which both sides can find it again. */
function correlated(telemetry: Telemetry): MiddlewareHandler {
  return async (c, next) => {
    const given = c.req.header(CORRELATION)
    const id = given && /^[\w.:-]{1,128}$/.test(given) ? given : crypto.randomUUID()
    const startedAt = performance.now()
    await next()
    c.header(CORRELATION, id)
    // The rest of such a body is not read, so nothing more can come over its connection.
    if (c.res.status === 413) c.header('connection', 'close')
    const seconds = (performance.now() - startedAt) / 1000
    telemetry.requestAnswered({ route: routeOf(c.req.path), status: c.res.status, seconds, id })
  }
}

function crash(error: unknown, onFault: (error: unknown) => void): Refusal {
  onFault(error)
  return new Refusal('internal', 'Something went wrong here; the log says what. Try again later.')
}

const ROUTES = ['/mcp', '/api/v1/chat', '/api/v1/chat/:id', '/api/v1/tasks']

/** Each label lives in memory for good, so only routes of ours become some. */
function routeOf(path: string): string {
  const route = path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/i, ':id')
  return ROUTES.includes(route) ? route : 'other'
}
