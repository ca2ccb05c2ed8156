import { expect, onTestFinished, test } from 'vitest'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import { watchTasks } from '../../shared/client/watch-tasks.ts'
import type { SignedUp } from '../support/stack.ts'
import { startWithPeople } from './people.ts'
import { until } from './until.ts'
import { holdTask } from './worker-by-hand.ts'

const { stack, ada, eve } = await startWithPeople()

function watch(person: SignedUp, userId = person.userId) {
  const feed = watchTasks(person.client, { userId, limit: 3 })
  onTestFinished(feed.close)
  return feed
}

test('the list shows new tasks first, changes as they come, and no more than its limit', async () => {
  const feed = watch(ada)
  await until(feed, ({ connection, tasks }) => connection === 'live' && tasks?.length === 0)
  for (const prompt of ['one', 'two', 'three', 'four']) await insertAgentTask(ada.client, { prompt })
  const { tasks } = await until(feed, ({ tasks }) => tasks?.[0]?.prompt === 'four')
  expect(tasks?.map(({ prompt }) => prompt)).toEqual(['four', 'three', 'two'])

  const held = await holdTask(stack, tasks?.[1]?.id ?? '')
  await until(feed, ({ tasks }) => tasks?.[1]?.status === 'processing')
  await held.settle('completed', { response: { answer: 'Done.' } })
  await until(feed, ({ tasks }) => tasks?.[1]?.status === 'completed')
})

test('the list catches up with what happened while its socket was down', async () => {
  const feed = watch(ada)
  await until(feed, ({ connection }) => connection === 'live')
  stack.realtime.cutSockets()
  await until(feed, ({ connection }) => connection === 'polling')
  await insertAgentTask(ada.client, { prompt: 'meanwhile' })
  await until(feed, ({ tasks }) => tasks?.[0]?.prompt === 'meanwhile')
  await until(feed, ({ connection }) => connection === 'live')
})

test('nobody sees the list of somebody else, not even by name', async () => {
  const own = watch(ada)
  const spy = watch(eve, ada.userId)
  await until(spy, ({ tasks }) => tasks !== null)
  await insertAgentTask(ada.client, { prompt: 'a secret' })
  await until(own, ({ tasks }) => tasks?.[0]?.prompt === 'a secret')
  expect(spy.getSnapshot().tasks).toEqual([])
  expect(spy.getSnapshot().connection).not.toBe('live')
})
