/**
 * A local stand-in for Supabase Realtime, see README.md.
 *
 *   socket ─> join ─┬─> topics ────────<── publish <─┬─ socket, REST
 *                   └─> subscriptions ─<─┐           │
 *                                    changes <─ WAL ─┘ (realtime.messages)
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Sql } from 'postgres'
import { partlyPublished } from './catalog.ts'
import { deliverChanges } from './changes.ts'
import { makeIdentify } from './claims.ts'
import { close } from './close.ts'
import type { Core } from './core.ts'
import { isMessage, publishMessage } from './messages.ts'
import { type RealtimeOptions, type Settings, settle } from './options.ts'
import type { Change } from './pgoutput.ts'
import { openPool } from './pool.ts'
import { makeRate } from './rate.ts'
import { serveRest } from './rest.ts'
import { subscribe } from './subscribe.ts'
import { makeSubscriptions } from './subscriptions.ts'
import { makeTopics } from './topics.ts'
import { makeDoor } from './upgrade.ts'
import { followWal } from './wal.ts'

export { hostedFree, type RealtimeOptions } from './options.ts'

/** A running server, without a port of its own: the gateway in front hands it requests. */
export type Realtime = {
  /** Takes the upgrade requests of `/realtime/v1/websocket`. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes the requests of `/realtime/v1/api/broadcast`. */
  fetch(request: Request): Promise<Response>
  /** Drops every connection at once, as a lost network does; clients come back by themselves. */
  cutSockets(): void
  /** Closes every channel of a topic, given without `realtime:`; clients do not come back by themselves. */
  closeChannel(topic: string): void
  /** Ends connections, reader and pool; resolves when nothing is left. */
  stop(): Promise<void>
}

/** Starts a server on a database that has `schema.sql`. @throws when the database cannot be reached or followed. */
export async function createRealtime(options: RealtimeOptions): Promise<Realtime> {
  const settings = settle(options)
  const stopping = new AbortController()
  const core = await makeCore(settings, stopping.signal)
  const door = makeDoor(core)
  return {
    handleUpgrade: door.upgrade,
    fetch: request => serveRest(core, request),
    cutSockets() {
      for (const socket of door.sockets) socket.cut()
    },
    closeChannel(topic) {
      for (const channel of core.topics.all()) if (channel.name === topic) close(core, channel)
    },
    async stop() {
      stopping.abort()
      for (const socket of door.sockets) socket.cut()
      // The pool is ended beside the rest, not after it: a check may wait for a lock, and the rest for that check.
      const ends = [...door.sockets].map(socket => socket.ended)
      await Promise.all([core.wal.ended, core.endPool(), ...ends])
    },
  }
}

async function makeCore(settings: Settings, stopping: AbortSignal): Promise<Core> {
  const { sql, end } = openPool(settings)
  const topics = makeTopics()
  try {
    await warnOfPartTables(settings, sql)
    const core: Core = {
      settings,
      sql,
      endPool: end,
      stopping,
      topics,
      identify: makeIdentify(settings),
      rate: makeRate(settings.maxMessagesPerSecond),
      subscriptions: makeSubscriptions(),
      wal: await followWal(settings, stopping, {
        isAnybodyListening: () => !topics.isEmpty(),
        deliver: changes => deliver(core, changes),
        reopened: () => resubscribe(core),
      }),
    }
    return core
  } catch (error) {
    await end()
    throw error
  }
}

async function warnOfPartTables(settings: Settings, sql: Sql): Promise<void> {
  for (const table of await partlyPublished(sql)) {
    settings.log(`${table} is published with a column list or a row filter, which hosted Realtime ignores`)
  }
}

async function deliver(core: Core, changes: Change[]): Promise<void> {
  for (const change of changes) if (isMessage(change)) publishMessage(core, change)
  try {
    await deliverChanges(core, changes)
  } catch (error) {
    core.settings.log(`a batch of changes was lost: ${error}`)
  }
}

function resubscribe(core: Core): void {
  for (const channel of core.topics.all()) if (channel.config.bindings.length > 0) void subscribe(core, channel)
}
