import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ServerType, serve } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Keys } from './keys.ts'
import { createRealtime } from './realtime/server.ts'
import { createRest } from './rest.ts'

/** The Realtime server behind a gateway, with the switches that tests use. */
export type Realtime = Awaited<ReturnType<typeof createRealtime>>

/** REST, Auth and Realtime of one database behind one port, as a hosted project has them. */
export interface Gateway {
  url: string
  realtime: Realtime
  /** Ends every request, socket and database connection. */
  stop(): Promise<void>
}

/** What a gateway serves and where. */
export interface GatewayOptions {
  databaseUrl: string
  keys: Keys
  /** 0 takes any free port. */
  port: number
  /** Lifetime of a user's access token. */
  tokenSeconds?: number
  /** How often Realtime looks for changes. */
  pollMs?: number
  /** Where Auth sends people back to. */
  siteUrl?: string
}

/** Starts the gateway on loopback. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { databaseUrl, keys, pollMs } = options
  const rest = await createRest(options)
  const realtime = await createRealtime({
    databaseUrl,
    jwtSecret: keys.jwtSecret,
    anonKeys: [keys.publishable],
    serviceKeys: [keys.secret],
    ...(pollMs !== undefined && { pollMs }),
  })
  const app = new Hono()
    .use(cors({ origin: '*', exposeHeaders: ['Content-Range', 'Content-Location', 'Preference-Applied'] }))
    .use('/rest/v1/*', refuseOddCredentials)
    .all('/rest/v1/*', context => rest.fetch(context.req.raw))
    .use('/auth/v1/*', refuseOddCredentials)
    .all('/auth/v1/*', context => rest.fetch(context.req.raw))
    .all('/realtime/v1/api/*', context => realtime.fetch(context.req.raw))
    .notFound(context => context.json({ message: 'no Route matched with those values' }, 404))
  const server = await listen(app, options.port)
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.startsWith('/realtime/v1/websocket')) realtime.handleUpgrade(request, socket as Socket, head)
    else socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
  })
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    realtime,
    stop: async () => {
      await realtime.stop()
      await close(server)
      await rest.stop()
    },
  }
}

/**
 * Refuses what lite would let pass as anonymous: a credential that is present but is neither the caller's key nor shaped
 * like a token. Signature and expiry of real tokens are lite's to check.
 */
const refuseOddCredentials: MiddlewareHandler = async (context, next) => {
  const header = context.req.header('authorization')
  const key = context.req.header('apikey') ?? context.req.query('apikey')
  const token = header?.match(/^Bearer (\S+)$/i)?.[1]
  if (header === undefined || (token !== undefined && (token === key || isTokenShaped(token)))) return next()
  const message = 'The Authorization header holds neither your API key nor a token.'
  return context.json({ code: 'PGRST301', message, details: null, hint: 'Sign in again, or leave it out.' }, 401)
}

function isTokenShaped(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}

function listen(app: Hono, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(server))
    server.once('error', reject)
  })
}

function portOf(server: ServerType): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The gateway listens on no port.')
  return address.port
}

async function close(server: ServerType): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
}
