import { type Channel, reply, tellSystem } from './channel.ts'
import { TokenRefused } from './claims.ts'
import { armExpiry, close, forget } from './close.ts'
import type { Core } from './core.ts'
import type { Frame } from './frames.ts'
import { type BindingParams, readJoin } from './join-config.ts'
import { replay, replayRefusal } from './messages.ts'
import { tellPresence } from './presence.ts'
import { askReads, unreadable } from './private-access.ts'
import { pause } from './sleep.ts'
import type { Socket } from './socket.ts'
import { subscribe } from './subscribe.ts'

/** The reason of a refused join, as the application will read it. */
class JoinRefused extends Error {}

const prefix = 'realtime:'

/** Joins a socket to a topic, or tells it why not. */
export async function join(core: Core, socket: Socket, frame: Frame): Promise<void> {
  const { topic, ref } = frame
  const before = socket.channels.get(topic)
  if (before) close(core, before)
  try {
    const { config, params } = readJoin(frame.payload)
    const channel = await admit(core, socket, frame, config)
    if (!socket.isOpen()) return
    enter(core, channel)
    await welcome(core, channel, ref, params)
  } catch (error) {
    const reason = reasonOf(core, error)
    await pause(core.settings.errorBackoffMs, core.stopping)
    const payload = { status: 'error', response: { reason } }
    socket.send({ joinRef: frame.joinRef, ref, topic, event: 'phx_reply', payload })
  }
}

async function admit(core: Core, socket: Socket, frame: Frame, config: Channel['config']): Promise<Channel> {
  const { topic, joinRef } = frame
  const name = topic.startsWith(prefix) ? topic.slice(prefix.length) : ''
  if (!name) throw new JoinRefused('TopicNameRequired: You must provide a topic name')
  if (socket.channels.size >= core.settings.maxChannels) {
    throw new JoinRefused('ChannelRateLimitReached: Too many channels')
  }
  const token = tokenOf(frame.payload) ?? socket.apiKey
  const identity = await core.identify(token)
  const refusal = replayRefusal(config)
  if (refusal) throw new JoinRefused(refusal)
  const reads = await askReads(core, { config, identity, name, socket })
  if (!reads.broadcast) throw new JoinRefused(unreadable(name))
  // What was sent from the database before now must not arrive as news; replay brings it to those who ask.
  if (config.isPrivate) await core.wal.catchUp()
  return { socket, topic, name, joinRef, config, token, identity, reads, writes: {}, isClosed: false }
}

// An opaque key is no user's token: the socket's own key speaks then.
function tokenOf(payload: unknown): string | undefined {
  const { access_token, user_token } = payload as { access_token?: unknown; user_token?: unknown }
  const token = access_token ?? user_token
  return typeof token === 'string' && token !== '' && !token.startsWith('sb_') ? token : undefined
}

function enter(core: Core, channel: Channel): void {
  channel.socket.channels.set(channel.topic, channel)
  core.topics.add(channel)
  core.wal.wake()
  armExpiry(core, channel)
}

async function welcome(core: Core, channel: Channel, ref: string | null, params: BindingParams[]): Promise<void> {
  const { bindings, waitMs, presence, wantsReplicationReady } = channel.config
  const greet = () => reply(channel, ref, 'ok', { postgres_changes: params })
  if (bindings.length > 0 && waitMs !== undefined) {
    // Not awaited: the other frames of the socket need not wait for the database.
    void subscribeFirst(core, channel, waitMs).then(reason => {
      if (!reason) return greet()
      reply(channel, ref, 'error', { reason })
      forget(core, channel)
    })
  } else {
    greet()
    if (bindings.length > 0) void subscribe(core, channel)
  }
  if (presence.isEnabled) tellPresence(core, channel)
  if (wantsReplicationReady) tellSystem(channel, 'system', 'ok', 'Replication connection established')
  await replay(core, channel)
}

async function subscribeFirst(core: Core, channel: Channel, waitMs: number): Promise<string | undefined> {
  const late = new AbortController()
  const timeout = pause(waitMs, late.signal).then(
    () => 'PostgresChangesSubscribeTimeout: the subscription to database changes took too long',
  )
  const reason = await Promise.race([subscribe(core, channel), timeout])
  late.abort()
  return reason
}

function reasonOf({ settings }: Core, error: unknown): string {
  if (error instanceof JoinRefused) return error.message
  if (error instanceof TokenRefused) return `${error.code}: ${error.message}`
  settings.log(`a join failed: ${error}`)
  return 'Unknown Error on Channel'
}
