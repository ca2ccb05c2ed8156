import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { matchedRoutes } from 'hono/route'
import type { Config } from '../config.ts'
import type { Telemetry } from '../telemetry.ts'
import { mount } from './api/endpoint.ts'
import { createEndpoints } from './api/endpoints.ts'
import { describeApi } from './api/openapi.ts'
import type { ApiRoom } from './api/room.ts'
import { createWaiting } from './api/waiting.ts'
import { createCallers } from './caller.ts'
import { createMcpRoute } from './mcp/route.ts'
import { Refusal, refusalOf } from './refusal.ts'

export type DoorsOptions = {
  config: Pick<Config, 'version' | 'http' | 'project'>
  telemetry: Telemetry
  waitSeconds?: number
  /** Fires when the worker is about to end: whoever waits is told to come back. */
  ending: AbortSignal
} & Omit<ApiRoom, 'wait' | 'noteObjection'>

// Proxies on the way give up sooner or later, many after 30 s.
const WAIT_SECONDS = 25
const STREAM_SECONDS = 600
const CORRELATION = 'x-correlation-id'

declare module 'hono' {
  interface ContextVariableMap {
    /** By this both sides find a request again. */
    correlation: string
    /** What the caller is told of an error. It is counted, and one that nobody foresaw is logged. */
    refuse: (error: unknown) => Refusal
  }
}

/** What users may call over HTTP. Everything in here acts as the user whose token comes along. */
export function createDoors({ config, telemetry, ending, waitSeconds = WAIT_SECONDS, ...rest }: DoorsOptions): Hono {
  const { version, http, project } = config
  const callers = createCallers(project)
  const onFault = (error: unknown) => telemetry.requestCrashed(error)
  const allowed = { hosts: http.allowedHosts, origins: http.allowedOrigins.map(each => new URL(each).hostname) }
  const doors = new Hono()
  for (const path of ['/mcp', '/api/*']) doors.use(path, cors(corsOf(http.allowedOrigins)), correlated(telemetry))
  const onRefused = (id: string) => telemetry.requestRefused({ route: '/mcp', code: 'forbidden', id })
  const onToolRefused = telemetry.todoRefused
  doors.route(
    '/',
    createMcpRoute({ callers, takeTurn: rest.takeTurn, version, allowed, onFault, onRefused, onToolRefused }),
  )
  const room: ApiRoom = {
    ...rest,
    wait: createWaiting({ waitSeconds, streamSeconds: STREAM_SECONDS, ending }),
    noteObjection: telemetry.contentRefused,
  }
  const endpoints = createEndpoints(room)
  const described = describeApi(endpoints, version)
  doors.get('/api/health', c => c.json({ status: 'ok', version }))
  doors.get('/api/openapi.json', c => c.json(described))
  doors.route('/', mount(endpoints, { callers, takeTurn: room.takeTurn }))
  doors.all('/api/*', c => {
    throw new Refusal('not_found', `There is no ${c.req.method} ${c.req.path} here.`)
  })
  return doors.onError((error, c) => {
    const refusal = c.get('refuse')(error)
    return c.json(refusal.body(c.get('correlation')), refusal.status, refusal.headers())
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
    c.set('correlation', id)
    c.set('refuse', error => {
      const refusal = refusalOf(error) ?? (c.req.raw.signal.aborted ? GONE : crash(error, id, telemetry))
      telemetry.requestRefused({ route: routeOf(c), code: refusal.code, id })
      return refusal
    })
    const startedAt = performance.now()
    await next()
    c.header(CORRELATION, id)
    // The rest of such a body is not read, so nothing more can come over its connection.
    if (c.res.status === 413) c.header('connection', 'close')
    const seconds = (performance.now() - startedAt) / 1000
    telemetry.requestAnswered({ route: routeOf(c), status: c.res.status, seconds, id })
  }
}

/** Nobody reads it. */
const GONE = new Refusal('cancelled', 'The caller has gone.')

function crash(error: unknown, id: string, telemetry: Telemetry): Refusal {
  telemetry.requestCrashed(error, id)
  return new Refusal('internal', 'Something went wrong here; the log says what. Try again later.')
}

/** Each label lives in memory for good, so only routes of ours become some. */
function routeOf(c: Context): string {
  return matchedRoutes(c).findLast(({ path }) => !path.includes('*'))?.path ?? 'other'
}
