import { type Broadcast, publish } from './broadcast.ts'
import type { Channel } from './channel.ts'
import type { Core } from './core.ts'
import { type Body, encodeBroadcast } from './frames.ts'
import type { Change, Tuple } from './pgoutput.ts'

/** Whether a change is a message sent from the database. */
export function isMessage({ type, schema, table }: Change): boolean {
  return type === 'INSERT' && schema === 'realtime' && table === 'messages'
}

/** Hands a message sent from the database to its topic. */
export function publishMessage(core: Core, { record }: Change): void {
  const message = record && readMessage(record)
  if (message) publish(core, message)
}

function readMessage(row: Tuple): Broadcast | undefined {
  const event = row.get('event')
  const body = bodyOf(row.get('payload'), row.get('binary_payload'))
  if (row.get('extension') !== 'broadcast' || !event || !body) return undefined
  return {
    name: row.get('topic') ?? '',
    isPrivate: row.get('private') === 't',
    event,
    body,
    meta: { id: row.get('id') },
  }
}

function bodyOf(json: string | null | undefined, hex: string | null | undefined): Body | undefined {
  if (json != null) return { json }
  return hex == null ? undefined : { bytes: Buffer.from(hex.slice(2), 'hex') }
}

type Stored = { id: string; event: string; payload: string | null; bytes: string | null }

/** Sends a new member what it missed: stored messages since a moment, oldest first, 25 at most. */
export async function replay(core: Core, channel: Channel): Promise<void> {
  const { replay } = channel.config
  if (!replay) return
  const rows = await core.sql<Stored[]>`
    select id, event, payload::text as payload, binary_payload::text as bytes
    from (
      select * from realtime.messages
      where topic = ${channel.name} and private and extension = 'broadcast' and event is not null
        and inserted_at >= to_timestamp(${replay.since}::float8 / 1000) at time zone 'utc'
      order by inserted_at desc limit ${replay.limit}
    ) as latest
    order by inserted_at
  `
  for (const { id, event, payload, bytes } of rows) {
    const body = bodyOf(payload, bytes)
    const meta = { replayed: true, id }
    const frame = body && encodeBroadcast({ topic: channel.topic, event, body, meta }, channel.socket.vsn)
    if (frame !== undefined && !channel.isClosed) channel.socket.sendRaw(frame)
  }
}

/** Why this replay cannot be given, if it cannot. */
export function replayRefusal({ isPrivate, replay }: Channel['config']): string | undefined {
  if (!replay) return undefined
  if (!isPrivate) return 'UnableToReplayMessages: Replay is not allowed for public channels'
  const { since, limit } = replay
  if (Number.isFinite(since) && Number.isInteger(limit) && limit > 0 && limit <= 25) return undefined
  return 'UnableToReplayMessages: Replay params are not valid'
}
