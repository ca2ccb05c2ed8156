import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type CallOptions, holdCall } from './call.ts'
import { createSecrets, keyIn } from './secrets.ts'
import { sessionOf } from './session.ts'

/** @property key the server's own, which a server may call with */
type Options = Omit<CallOptions, 'session'> & { key: string }

/** The code that the provider closes with when it refuses a browser, which cannot see an HTTP status. */
const REFUSED = 3000

/**
 * The demo model on the telephone: `/v1/realtime/client_secrets` (`secrets`) and the socket `/v1/realtime`.
 *
 * aimock has such a socket too, but it takes no key from a browser, gives no sound and cannot be interrupted.
 */
export function createRealtimeVoice({ key, ...options }: Options) {
  const secrets = createSecrets()
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 2 ** 20,
    handleProtocols: offered => (offered.has('realtime') ? 'realtime' : false),
  })
  const accept = (request: IncomingMessage, socket: Duplex, head: Buffer, hold: (call: WebSocket) => void) =>
    sockets.handleUpgrade(request, socket, head, hold)
  return {
    secrets,
    /** Takes the socket if it is for the Realtime endpoint. */
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      if (pathname !== '/v1/realtime') return false
      const { key: given, isBrowser } = keyIn(request)
      const model = searchParams.get('model') ?? 'gpt-realtime'
      if (!isBrowser && given === key) {
        accept(request, socket, head, call => holdCall(call, { ...options, session: sessionOf({ model }) }))
        return true
      }
      const standing = secrets.standingOf(given)
      if (standing.isGood) {
        accept(request, socket, head, call => holdCall(call, { ...options, session: standing.session }))
      } else if (isBrowser) {
        accept(request, socket, head, call => refuse(call, standing))
      } else socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
      return true
    },
    /** Breaks every line. */
    stop(): void {
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}

function refuse(socket: WebSocket, { code, message }: { code: string; message: string }): void {
  socket.send(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', code, message } }))
  socket.close(REFUSED, `invalid_request_error.${code}`)
}
