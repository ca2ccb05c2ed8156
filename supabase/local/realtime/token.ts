import type { Channel } from './channel.ts'
import { TokenRefused } from './claims.ts'
import { armExpiry, shut } from './close.ts'
import type { Core } from './core.ts'
import type { Frame } from './frames.ts'
import { askReads, unreadable } from './private-access.ts'
import { subscribe } from './subscribe.ts'

/**
 * Takes a new token for a joined channel: policies are asked again, changes are subscribed anew. What is no token, or
 * the same one, is passed over; a bad one, or one that may no longer read, ends the channel.
 */
export async function refreshToken(core: Core, channel: Channel, frame: Frame): Promise<void> {
  const { access_token: token } = frame.payload as { access_token?: unknown }
  if (typeof token !== 'string' || token === '' || token.startsWith('sb_') || token === channel.token) return
  try {
    const identity = await core.identify(token)
    const reads = await askReads(core, { ...channel, identity })
    if (channel.isClosed) return
    if (!reads.broadcast) return shut(core, channel, unreadable(channel.name))
    Object.assign(channel, { token, identity, reads, writes: {} })
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error
    return shut(core, channel, error.message)
  }
  armExpiry(core, channel)
  if (channel.config.bindings.length > 0) void subscribe(core, channel)
}
