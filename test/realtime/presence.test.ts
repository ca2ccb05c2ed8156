import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { people, type Stand, startStand } from './fixture.ts'
import { makeInbox } from './inbox.ts'

let stand: Stand

beforeAll(async () => {
  stand = await startStand(`
    create policy "read" on realtime.messages for select to authenticated using (true);
    create policy "owner is seen" on realtime.messages for insert to authenticated
      with check (extension = 'presence' and auth.uid() = '${people.owner}');
  `)
}, 20_000)

afterAll(() => stand.stop())

type State = Record<string, unknown[]>

async function attend(client: SupabaseClient, name: string, key: string, isPrivate = false) {
  await client.realtime.setAuth()
  const channel = client.channel(name, { config: { presence: { key }, private: isPrivate } })
  const states = makeInbox<State>()
  channel.on('presence', { event: 'sync' }, () => states.push(plain(channel)))
  await new Promise<void>(resolve => channel.subscribe(status => status === 'SUBSCRIBED' && resolve()))
  return { channel, states }
}

function plain(channel: RealtimeChannel): State {
  const entries = Object.entries(channel.presenceState())
  return Object.fromEntries(entries.map(([key, metas]) => [key, metas.map(({ presence_ref, ...meta }) => meta)]))
}

const is = (state: State) => (seen: State) => JSON.stringify(seen) === JSON.stringify(state)

test('members see who comes, changes, goes, and who was there before', async () => {
  const ann = await attend(stand.client(), 'hall', 'ann')
  await ann.channel.track({ mood: 'calm' })
  await ann.states.next(is({ ann: [{ mood: 'calm' }] }))
  const ben = await attend(stand.client(), 'hall', 'ben')
  await ben.states.next(is({ ann: [{ mood: 'calm' }] }))
  await ben.channel.track({ mood: 'late' })
  await ann.states.next(is({ ann: [{ mood: 'calm' }], ben: [{ mood: 'late' }] }))
  await ann.channel.track({ mood: 'glad' })
  await ben.states.next(is({ ann: [{ mood: 'glad' }], ben: [{ mood: 'late' }] }))
  await ben.channel.untrack()
  await ann.states.next(is({ ann: [{ mood: 'glad' }] }))
  await ben.channel.track({ mood: 'back' })
  await ann.states.next(is({ ann: [{ mood: 'glad' }], ben: [{ mood: 'back' }] }))
  await ann.channel.unsubscribe()
  await ben.states.next(is({ ben: [{ mood: 'back' }] }))
}, 5_000)

test('one person on two devices is one key with two entries', async () => {
  const [first, second] = await Promise.all([
    attend(stand.client(), 'two', 'ann'),
    attend(stand.client(), 'two', 'ann'),
  ])
  await first.channel.track({ device: 1 })
  await second.channel.track({ device: 2 })
  await first.states.next(state => state.ann?.length === 2)
  await second.channel.unsubscribe()
  await first.states.next(is({ ann: [{ device: 1 }] }))
}, 5_000)

test('a lost connection takes its presence along', async () => {
  const [ann, ben] = await Promise.all([attend(stand.client(), 'lost', 'ann'), attend(stand.client(), 'lost', 'ben')])
  await ben.channel.track({})
  await ann.states.next(is({ ben: [{}] }))
  await ben.channel.socket.disconnect()
  await ann.states.next(is({}))
}, 5_000)

test('on a private channel the insert policy decides who is seen', async () => {
  const owner = await attend(await stand.as('owner'), 'private hall', 'owner', true)
  const stranger = await attend(await stand.as('stranger'), 'private hall', 'stranger', true)
  expect(await stranger.channel.track({})).toBe('error')
  expect(await owner.channel.track({})).toBe('ok')
  await stranger.states.next(is({ owner: [{}] }))
}, 5_000)
