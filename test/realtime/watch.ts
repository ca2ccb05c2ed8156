import type { RealtimeChannel, RealtimePostgresChangesPayload, SupabaseClient } from '@supabase/supabase-js'
import { type Inbox, makeInbox } from './inbox.ts'

type Row = Record<string, unknown>
export type Change = RealtimePostgresChangesPayload<Row>
type Status = { status: string; error?: string }
type SystemMessage = { message: string; status: string; extension: string }
type Binding = { event?: string; schema?: string; table?: string; filter?: string; select?: string[] }
type Options = { name?: string; isWaiting?: boolean } & Binding

/** A channel with inboxes for what it hears. */
export type Watch = {
  channel: RealtimeChannel
  changes: Inbox<Change>
  statuses: Inbox<Status>
  system: Inbox<SystemMessage>
}

let count = 0

/** Watches a table; resolves when changes flow. */
export async function watch(client: SupabaseClient, options: Options): Promise<Watch> {
  const watching = await startWatch(client, options)
  await watching.system.next(({ extension, status }) => extension === 'postgres_changes' && status === 'ok')
  return watching
}

/** Begins to watch a table, without waiting for anything. */
export async function startWatch(client: SupabaseClient, options: Options): Promise<Watch> {
  const { name = `watch-${++count}`, isWaiting = false, ...binding } = options
  await client.realtime.setAuth()
  const config = isWaiting ? { postgres_changes_options: { wait: true } } : {}
  const channel = client.channel(name, { config })
  const inboxes = { changes: makeInbox<Change>(), statuses: makeInbox<Status>(), system: makeInbox<SystemMessage>() }
  const parameters = { event: '*', schema: 'public', ...binding } as { event: '*'; schema: string }
  channel.on('postgres_changes', parameters, change => inboxes.changes.push(change as Change))
  channel.on('system', {}, message => inboxes.system.push(message as SystemMessage))
  channel.subscribe((status, error) => inboxes.statuses.push({ status, ...(error && { error: error.message }) }))
  return { channel, ...inboxes }
}
