import { createHash } from 'node:crypto'

/** What a channel asks to hear about one table, or all of them. */
export type Binding = {
  id: number
  event: string
  schema: string
  table: string
  filter?: string
  select?: string[]
}

/** A channel's configuration as its join says it. */
export type JoinConfig = {
  isPrivate: boolean
  echoesOwn: boolean
  acknowledges: boolean
  wantsReplicationReady: boolean
  replay?: { since: number; limit: number }
  presence: { key: string; isEnabled: boolean }
  bindings: Binding[]
  /** How long the reply may wait for database changes to flow; absent means not at all. */
  waitMs?: number
}

/** The `postgres_changes` entries as they came; the reply must echo them, in this order, each with its id. */
export type BindingParams = Record<string, unknown> & { id: number }

const maxWaitMs = 20_000
const defaultWaitMs = 15_000

/** Reads the payload of a join leniently, as hosted does: what is unknown or malformed counts as absent. */
export function readJoin(payload: unknown): { config: JoinConfig; params: BindingParams[] } {
  const config = record(record(payload).config)
  const broadcast = record(config.broadcast)
  const presence = record(config.presence)
  const options = record(config.postgres_changes_options)
  const params = list(config.postgres_changes).map(entry => ({ ...record(entry), id: idOf(entry) }))
  return {
    params,
    config: {
      isPrivate: isTrue(config.private),
      echoesOwn: isTrue(broadcast.self),
      acknowledges: isTrue(broadcast.ack),
      wantsReplicationReady: isTrue(broadcast.replication_ready),
      ...(broadcast.replay !== undefined && { replay: readReplay(record(broadcast.replay)) }),
      presence: { key: text(presence.key) || crypto.randomUUID(), isEnabled: isTrue(presence.enabled) },
      bindings: params.map(readBinding),
      ...(isTrue(options.wait) && { waitMs: Math.min(Number(options.timeout) || defaultWaitMs, maxWaitMs) }),
    },
  }
}

function readReplay({ since, limit }: Record<string, unknown>): { since: number; limit: number } {
  return { since: typeof since === 'number' ? since : Number.NaN, limit: typeof limit === 'number' ? limit : 25 }
}

function readBinding(params: BindingParams): Binding {
  const { id, filter, select } = params
  return {
    id,
    event: text(params.event).toUpperCase() || '*',
    schema: text(params.schema) || 'public',
    table: text(params.table) || '*',
    ...(text(filter) && { filter: text(filter) }),
    ...(Array.isArray(select) && { select: select.map(String) }),
  }
}

// Equal parameters get equal ids, as on hosted.
function idOf(entry: unknown): number {
  return createHash('sha1').update(JSON.stringify(entry)).digest().readUInt32BE(0)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.filter(entry => entry !== null) : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
