import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stand, startStand } from './fixture.ts'
import { hear, tryToHear } from './hear.ts'

let stand: Stand

beforeAll(async () => {
  // The log is read so seldom that a message could be both replayed and taken for a new one.
  stand = await startStand(`create policy "read" on realtime.messages for select to authenticated using (true)`, {
    pollMs: 200,
    idlePollMs: 60_000,
  })
}, 20_000)

afterAll(() => stand.stop())

const fromDatabase = (topic: string, event: string, payload: unknown) =>
  stand.sql`select realtime.send(${JSON.stringify(payload)}::text::jsonb, ${event}, ${topic}, true)`

test('a new member is given the stored messages since a moment, oldest first, and says when the stream is up', async () => {
  for (const n of [1, 2, 3]) await fromDatabase('task:replay', 'step', { n })
  await stand.sql`update realtime.messages set inserted_at = inserted_at - interval '1 hour' where payload ->> 'n' = '1' and topic = 'task:replay'`
  const broadcast = { replay: { since: Date.now() - 60_000, limit: 10 }, replication_ready: true }
  const owner = await hear(await stand.as('owner'), 'task:replay', { private: true, broadcast })
  expect(await owner.system.next()).toMatchObject({ status: 'ok', message: 'Replication connection established' })
  expect(await owner.messages.next()).toMatchObject({ payload: { n: 2 }, meta: { replayed: true } })
  expect(await owner.messages.next()).toMatchObject({ payload: { n: 3 }, meta: { replayed: true } })
  await fromDatabase('task:replay', 'step', { n: 4 })
  const last = await owner.messages.next()
  expect(last).toMatchObject({ payload: { n: 4 } })
  expect(last.meta?.replayed).toBeUndefined()
}, 5_000)

test('a replay of more than 25 messages is refused', async () => {
  const broadcast = { replay: { since: 0, limit: 26 } }
  const { statuses } = await tryToHear(await stand.as('owner'), 'task:1', { private: true, broadcast })
  expect((await statuses.next()).error).toBe('UnableToReplayMessages: Replay params are not valid')
}, 5_000)
