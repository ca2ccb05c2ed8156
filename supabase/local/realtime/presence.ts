import { randomBytes } from 'node:crypto'
import { announce, type Channel, reply, tell } from './channel.ts'
import type { Core } from './core.ts'
import type { Frame } from './frames.ts'
import { isAllowedToWrite } from './private-access.ts'

type Metas = Record<string, { metas: Record<string, unknown>[] }>

/** Tells a new member who is there. */
export function tellPresence(core: Core, channel: Channel): void {
  if (!hears(channel)) return
  const state: Metas = {}
  for (const { config, presence } of core.topics.members(channel.name, channel.config.isPrivate)) {
    if (!presence) continue
    const entry = state[config.presence.key] ?? { metas: [] }
    entry.metas.push(presence)
    state[config.presence.key] = entry
  }
  tell(channel, 'presence_state', state)
}

/** Takes a track or untrack call. */
export async function receivePresence(core: Core, channel: Channel, frame: Frame): Promise<void> {
  const { event, payload } = frame.payload as { event?: unknown; payload?: unknown }
  if (event === 'untrack') leavePresence(core, channel)
  else if (event === 'track' && (await isAllowedToWrite(core, channel, 'presence'))) track(core, channel, payload)
  else return reply(channel, frame.ref, 'error')
  reply(channel, frame.ref, 'ok')
}

/** Takes back what the channel has tracked. */
export function leavePresence(core: Core, channel: Channel): void {
  const { presence } = channel
  if (!presence) return
  delete channel.presence
  spread(core, channel, {}, metas(channel, presence))
}

function track(core: Core, channel: Channel, payload: unknown): void {
  const before = channel.presence
  channel.presence = { ...(payload as object), phx_ref: randomBytes(9).toString('base64') }
  spread(core, channel, metas(channel, channel.presence), before ? metas(channel, before) : {})
}

function metas(channel: Channel, meta: Record<string, unknown>): Metas {
  return { [channel.config.presence.key]: { metas: [meta] } }
}

function spread(core: Core, channel: Channel, joins: Metas, leaves: Metas): void {
  for (const member of core.topics.members(channel.name, channel.config.isPrivate)) {
    if (hears(member)) announce(member, 'presence_diff', { joins, leaves })
  }
}

function hears({ config, reads }: Channel): boolean {
  return config.presence.isEnabled && (!config.isPrivate || reads.presence)
}
