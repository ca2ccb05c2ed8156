import { type Channel, reply } from './channel.ts'
import { shut } from './close.ts'
import type { Core } from './core.ts'
import { type Body, encodeBroadcast, type Frame, type Push, type Vsn } from './frames.ts'
import { isAllowedToWrite } from './private-access.ts'

/** A message for all members of a topic. */
export type Broadcast = Push & { name: string; isPrivate: boolean; meta?: Record<string, unknown> }

const tooMany = 'Too many messages per second'

/** Hands a message to every member of its topic. */
export function publish(core: Core, message: Broadcast, except?: Channel): void {
  const encoded = new Map<Vsn, string | Buffer | undefined>()
  for (const channel of core.topics.members(message.name, message.isPrivate)) {
    if (channel === except) continue
    core.rate.count()
    if (core.rate.isOver()) shut(core, channel, tooMany)
    else deliver(channel, message, encoded)
  }
}

function deliver(channel: Channel, message: Broadcast, encoded: Map<Vsn, string | Buffer | undefined>): void {
  const { vsn } = channel.socket
  if (!encoded.has(vsn)) encoded.set(vsn, encodeBroadcast({ ...message, topic: channel.topic }, vsn))
  const frame = encoded.get(vsn)
  if (frame !== undefined) channel.socket.sendRaw(frame)
}

/** Takes a message that a client sent over its socket. Every refusal but one of size is silent, as on hosted. */
export async function receiveBroadcast(core: Core, channel: Channel, frame: Frame): Promise<void> {
  const push = frame.push ?? readPush(frame.payload)
  if (sizeOf(push.body) > core.settings.maxPayloadBytes) {
    if (channel.config.acknowledges) reply(channel, frame.ref, 'error', { error: 'payload_size_exceeded' })
    return
  }
  if (!(await isAllowedToWrite(core, channel, 'broadcast'))) return
  core.rate.count()
  if (core.rate.isOver()) return shut(core, channel, tooMany)
  const { isPrivate, echoesOwn, acknowledges } = channel.config
  publish(core, { ...push, name: channel.name, isPrivate }, echoesOwn ? undefined : channel)
  if (acknowledges) reply(channel, frame.ref, 'ok')
}

function readPush(payload: unknown): Push {
  const { event, payload: content } = payload as { event?: unknown; payload?: unknown }
  return { event: String(event ?? ''), body: { json: JSON.stringify(content ?? {}) } }
}

/** Bytes that count against the limit of one broadcast. */
export function sizeOf(body: Body): number {
  return 'json' in body ? Buffer.byteLength(body.json) : body.bytes.length
}
