import type { RealtimeChannel, RealtimeChannelOptions, SupabaseClient } from '@supabase/supabase-js'
import { type Inbox, makeInbox } from './inbox.ts'

type Message = { event: string; payload: unknown; meta?: { id?: string; replayed?: boolean } }
type Status = { status: string; error?: string }
type SystemMessage = { message: string; status: string; extension: string }

/** A channel with inboxes for its broadcasts. */
export type Ear = {
  channel: RealtimeChannel
  messages: Inbox<Message>
  statuses: Inbox<Status>
  system: Inbox<SystemMessage>
}

/** Joins a topic; resolves when it is joined, fails with the reason when it is refused. */
export async function hear(client: SupabaseClient, name: string, config: RealtimeChannelOptions['config'] = {}) {
  const ear = await tryToHear(client, name, config)
  const { status, error } = await ear.statuses.next()
  if (status !== 'SUBSCRIBED') throw new Error(error ?? status)
  return ear
}

/** Joins a topic without waiting for the answer. */
export async function tryToHear(
  client: SupabaseClient,
  name: string,
  config: RealtimeChannelOptions['config'] = {},
): Promise<Ear> {
  await client.realtime.setAuth()
  const channel = client.channel(name, { config })
  const inboxes = { messages: makeInbox<Message>(), statuses: makeInbox<Status>(), system: makeInbox<SystemMessage>() }
  channel.on('broadcast', { event: '*' }, message => inboxes.messages.push(message as unknown as Message))
  channel.on('system', {}, message => inboxes.system.push(message as SystemMessage))
  channel.subscribe((status, error) => inboxes.statuses.push({ status, ...(error && { error: error.message }) }))
  return { channel, ...inboxes }
}

/** Sends a broadcast. */
export const say = (ear: Ear, event: string, payload: unknown = {}) =>
  ear.channel.send({ type: 'broadcast', event, payload })
