import { type Extension, mayWrite, type ReadAccess, readAccess } from './authorize.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'

/** What the policies let this channel read; a public channel has none to ask. */
export async function askReads(
  core: Core,
  { config, identity, name, socket }: Pick<Channel, 'config' | 'identity' | 'name' | 'socket'>,
): Promise<ReadAccess> {
  if (!config.isPrivate) return { broadcast: true, presence: true }
  return readAccess(core.sql, { identity, topic: name, headers: socket.headers })
}

/** Whether this channel may send; asked once per token, at the first send. */
export async function isAllowedToWrite(core: Core, channel: Channel, extension: Extension): Promise<boolean> {
  if (!channel.config.isPrivate) return true
  const view = { identity: channel.identity, topic: channel.name, headers: channel.socket.headers }
  channel.writes[extension] ??= await mayWrite(core.sql, view, extension)
  return channel.writes[extension]
}

/** The reason given to those who may not join. */
export function unreadable(name: string): string {
  return `Unauthorized: You do not have permissions to read from this Channel topic: ${name}`
}
