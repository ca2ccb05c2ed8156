import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { TokenRefused } from './claims.ts'
import type { Core } from './core.ts'
import type { Vsn } from './frames.ts'
import { pause } from './sleep.ts'
import { type Socket, serveSocket } from './socket.ts'

/** Accepts WebSocket connections, or refuses them with the HTTP answer that hosted gives. */
type Door = {
  upgrade(request: IncomingMessage, duplex: Duplex, head: Buffer): void
  sockets: ReadonlySet<Socket>
}

const maxFrameBytes = 5_000_000
const versions: readonly string[] = ['1.0.0', '2.0.0'] satisfies Vsn[]

/** Makes the door of one server. */
export function makeDoor(core: Core): Door {
  const sockets = new Set<Socket>()
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes })
  const accept = async (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const { apiKey, vsn } = await greet(core, request)
    if (core.stopping.aborted) return duplex.destroy()
    server.handleUpgrade(request, duplex, head, ws => {
      const socket = serveSocket(core, ws, { apiKey, vsn, headers: textHeaders(request) })
      sockets.add(socket)
      void socket.ended.then(() => sockets.delete(socket))
    })
  }
  return {
    sockets,
    upgrade(request, duplex, head) {
      duplex.on('error', error => core.settings.log(`a connection failed: ${error.message}`))
      accept(request, duplex, head).catch(async error => {
        await pause(core.settings.errorBackoffMs, core.stopping)
        refuse(duplex, error)
      })
    },
  }
}

async function greet(core: Core, request: IncomingMessage): Promise<{ apiKey: string; vsn: Vsn }> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  if (!pathname.endsWith('/realtime/v1/websocket')) throw new HttpRefused(404, 'Not found')
  const apiKey = searchParams.get('apikey') ?? header(request, 'x-api-key') ?? ''
  await core.identify(apiKey)
  const vsn = searchParams.get('vsn') ?? '1.0.0'
  if (!versions.includes(vsn)) throw new HttpRefused(403, `Unsupported protocol version ${vsn}`)
  return { apiKey, vsn: vsn as Vsn }
}

class HttpRefused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function refuse(duplex: Duplex, error: unknown): void {
  const status = error instanceof HttpRefused ? error.status : error instanceof TokenRefused ? 401 : 500
  const reason = status === 500 ? 'Internal error' : (error as Error).message.replace(/ \d+ seconds ago$/, '')
  const body = JSON.stringify({ error: reason })
  duplex.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function header(request: IncomingMessage, name: string): string | undefined {
  return textHeaders(request)[name]
}

function textHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
