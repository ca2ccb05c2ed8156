import type { WebSocket } from 'ws'
import { receiveBroadcast } from './broadcast.ts'
import { type Channel, reply } from './channel.ts'
import { close, forget } from './close.ts'
import type { Core } from './core.ts'
import { decodeFrame, encodeFrame, type Frame, type Vsn } from './frames.ts'
import { join } from './join.ts'
import { receivePresence } from './presence.ts'
import { refreshToken } from './token.ts'

/** One connected client. */
export type Socket = {
  apiKey: string
  headers: Record<string, string>
  vsn: Vsn
  /** By topic, as on the wire. */
  channels: Map<string, Channel>
  isOpen(): boolean
  send(frame: Frame): void
  sendRaw(data: string | Buffer): void
  /** Drops the connection without a word, as a lost network does. */
  cut(): void
  /** Resolves when every frame received has been dealt with and every channel forgotten. */
  ended: Promise<void>
}

type Greeting = Pick<Socket, 'apiKey' | 'headers' | 'vsn'>

/**
 * Serves a connection. Frames are dealt with strictly one after the other, as Phoenix does: React mounts, unmounts and
 * mounts again, and a leave that overtakes its join would leave a second subscription behind.
 */
export function serveSocket(core: Core, ws: WebSocket, greeting: Greeting): Socket {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const socket: Socket = {
    ...greeting,
    ended,
    channels: new Map(),
    isOpen: () => ws.readyState === ws.OPEN,
    send: frame => socket.sendRaw(encodeFrame(frame, greeting.vsn)),
    sendRaw: data => {
      if (socket.isOpen()) ws.send(data)
    },
    cut: () => ws.terminate(),
  }
  let queue = Promise.resolve()
  ws.on('message', (data: Buffer, isBinary) => {
    queue = queue.then(() => receive(core, socket, data, isBinary))
  })
  ws.on('error', error => core.settings.log(`a socket failed: ${error.message}`))
  ws.on('close', () => {
    queue = queue.then(() => {
      for (const channel of [...socket.channels.values()]) forget(core, channel)
      end()
    })
  })
  return socket
}

async function receive(core: Core, socket: Socket, data: Buffer, isBinary: boolean): Promise<void> {
  try {
    await dispatch(core, socket, decodeFrame(data, isBinary, socket.vsn))
  } catch (error) {
    core.settings.log(`a frame was dropped: ${error}`)
  }
}

async function dispatch(core: Core, socket: Socket, frame: Frame): Promise<void> {
  const { topic, event, ref } = frame
  if (topic === 'phoenix') return answer(socket, frame, 'ok', {})
  if (event === 'phx_join') return join(core, socket, frame)
  const channel = socket.channels.get(topic)
  // A missing join ref counts as the present one, a stale one does not reach a newer join.
  const isStale = channel && frame.joinRef !== null && frame.joinRef !== channel.joinRef
  if (!channel || isStale) return answer(socket, frame, ...(event === 'phx_leave' ? leftAlready : unmatched))
  switch (event) {
    case 'phx_leave':
      reply(channel, ref, 'ok')
      return close(core, channel)
    case 'access_token':
      return refreshToken(core, channel, frame)
    case 'broadcast':
      return receiveBroadcast(core, channel, frame)
    case 'presence':
      return receivePresence(core, channel, frame)
  }
}

type Answer = ['ok' | 'error', object]
const leftAlready: Answer = ['ok', {}]
const unmatched: Answer = ['error', { reason: 'unmatched topic' }]

function answer(socket: Socket, { joinRef, ref, topic }: Frame, status: 'ok' | 'error', response: object): void {
  socket.send({ joinRef, ref, topic, event: 'phx_reply', payload: { status, response } })
}
