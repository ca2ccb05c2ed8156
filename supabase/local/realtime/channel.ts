import type { ReadAccess } from './authorize.ts'
import type { Identity } from './claims.ts'
import type { JoinConfig } from './join-config.ts'
import type { Socket } from './socket.ts'

/** One topic joined by one socket. */
export type Channel = {
  socket: Socket
  /** With the prefix `realtime:`, as on the wire. */
  topic: string
  /** Without it, as policies and senders know it. */
  name: string
  joinRef: string | null
  config: JoinConfig
  token: string
  identity: Identity
  /** What the policies allow on a private channel; writing is asked for at the first send. */
  reads: ReadAccess
  writes: Partial<ReadAccess>
  /** What this channel has tracked, if anything. */
  presence?: Record<string, unknown> & { phx_ref: string }
  expiry?: NodeJS.Timeout
  isClosed: boolean
}

/** Sends an event that belongs to this join; the client drops it when it has joined anew since. */
export function tell(channel: Channel, event: string, payload: unknown, ref: string | null = null): void {
  if (channel.isClosed) return
  channel.socket.send({ joinRef: channel.joinRef, ref, topic: channel.topic, event, payload })
}

/** Sends an event to the topic rather than to the join. */
export function announce(channel: Channel, event: string, payload: unknown): void {
  if (channel.isClosed) return
  channel.socket.send({ joinRef: null, ref: null, topic: channel.topic, event, payload })
}

/** Answers a push. */
export function reply(channel: Channel, ref: string | null, status: 'ok' | 'error', response: object = {}): void {
  tell(channel, 'phx_reply', { status, response }, ref)
}

/** Tells the application how the channel fares. */
export function tellSystem(
  channel: Channel,
  extension: 'system' | 'postgres_changes',
  status: 'ok' | 'error',
  message: string,
): void {
  tell(channel, 'system', { message, status, extension, channel: channel.name })
}
