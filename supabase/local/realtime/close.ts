import { type Channel, tell, tellSystem } from './channel.ts'
import type { Core } from './core.ts'
import { leavePresence } from './presence.ts'

const maxTimerMs = 2 ** 31 - 1

/** Ends a channel for a reason the application should hear; the client does not come back by itself. */
export function shut(core: Core, channel: Channel, reason: string): void {
  tellSystem(channel, 'system', 'error', reason)
  close(core, channel)
}

/** Ends a channel from this side. */
export function close(core: Core, channel: Channel): void {
  tell(channel, 'phx_close', {}, channel.joinRef)
  forget(core, channel)
}

/** Removes every trace of a channel. */
export function forget(core: Core, channel: Channel): void {
  if (channel.isClosed) return
  channel.isClosed = true
  clearTimeout(channel.expiry)
  if (channel.socket.channels.get(channel.topic) === channel) channel.socket.channels.delete(channel.topic)
  core.subscriptions.replace(channel, [])
  core.topics.remove(channel)
  leavePresence(core, channel)
}

/** Shuts the channel at the moment its token ends. */
export function armExpiry(core: Core, channel: Channel): void {
  clearTimeout(channel.expiry)
  const { expiresAt } = channel.identity
  if (expiresAt === undefined) return
  const leftMs = expiresAt * 1000 - Date.now()
  channel.expiry = setTimeout(
    () => (leftMs > maxTimerMs ? armExpiry(core, channel) : shut(core, channel, 'Token has expired 0 seconds ago')),
    Math.min(Math.max(leftMs, 0), maxTimerMs),
  )
}
