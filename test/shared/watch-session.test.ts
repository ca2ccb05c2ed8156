import { expect, onTestFinished, test } from 'vitest'
import { changeAgentSession, createAgentSession, deleteAgentSession } from '../../shared/client/agent-session.ts'
import { cancelAgentTask } from '../../shared/client/cancel-agent-task.ts'
import { forkAgentTask } from '../../shared/client/fork-agent-task.ts'
import { retryAgentTask } from '../../shared/client/retry-agent-task.ts'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import { watchSession } from '../../shared/client/watch-session.ts'
import { watchSessions } from '../../shared/client/watch-sessions.ts'
import { watchTask } from '../../shared/client/watch-task.ts'
import type { SignedUp } from '../support/stack.ts'
import { startWithPeople } from './people.ts'
import { until } from './until.ts'
import { holdTask } from './worker-by-hand.ts'

const { stack, ada, eve } = await startWithPeople()

function watch({ client, userId }: SignedUp, sessionId: string) {
  const feed = watchSession(client, { userId, sessionId })
  onTestFinished(feed.close)
  return feed
}

test('a conversation shows its turns in order as they are asked and answered', async () => {
  const { id: sessionId } = await createAgentSession(ada.client, { title: ` ${'long '.repeat(40)}` })
  const feed = watch(ada, sessionId)
  await until(feed, ({ connection, turns }) => connection === 'live' && turns?.length === 0)
  expect(feed.getSnapshot().session?.title).toHaveLength(80)

  const first = await insertAgentTask(ada.client, { prompt: 'one', sessionId })
  const second = await insertAgentTask(ada.client, { prompt: 'two', sessionId })
  await until(feed, ({ turns }) => turns?.map(turn => turn.status).join() === 'pending,waiting')
  const held = await holdTask(stack, first.id)
  await held.settle('completed', { response: { answer: 'Said.' } })
  const { turns } = await until(feed, view => view.turns?.[0]?.status === 'completed')
  expect(turns?.map(({ id, response_payload }) => [id, response_payload?.answer])).toEqual([
    [first.id, 'Said.'],
    [second.id, undefined],
  ])
})

test('one that takes a question at a time refuses the next, and says that it is busy', async () => {
  const { id: sessionId } = await createAgentSession(ada.client)
  await changeAgentSession(ada.client, sessionId, { onBusy: 'reject' })
  const first = await insertAgentTask(ada.client, { prompt: 'one', sessionId })
  const busy = { code: 'session_busy', retryable: true }
  await expect(insertAgentTask(ada.client, { prompt: 'two', sessionId })).rejects.toMatchObject(busy)
  const keyed = insertAgentTask(ada.client, { prompt: 'two', sessionId, idempotencyKey: crypto.randomUUID() })
  await expect(keyed).rejects.toMatchObject(busy)
  await cancelAgentTask(ada.client, first.id)
  await insertAgentTask(ada.client, { prompt: 'two', sessionId })
  await expect(retryAgentTask(ada.client, first.id)).rejects.toMatchObject(busy)
})

test('the list of conversations is live, and holds none of others', async () => {
  const feed = watchSessions(ada.client, ada.userId)
  onTestFinished(feed.close)
  await until(feed, ({ connection }) => connection === 'live')
  const theirs = await createAgentSession(eve.client, { title: 'A secret' })
  const { id } = await createAgentSession(ada.client, { title: 'Mine' })
  const { sessions } = await until(feed, view => view.sessions?.[0]?.id === id)
  expect(sessions?.some(session => session.id === theirs.id)).toBe(false)
  const spy = watch(ada, theirs.id)
  await until(spy, ({ missing }) => missing)
  await changeAgentSession(ada.client, id, { title: 'Renamed' })
  await until(feed, view => view.sessions?.[0]?.title === 'Renamed')
  await deleteAgentSession(ada.client, id)
  feed.refresh()
  await until(feed, view => !view.sessions?.some(session => session.id === id))
})

test('a budget goes with the task', async () => {
  const task = await insertAgentTask(ada.client, { prompt: 'cheap', tokenBudget: 500, costBudget: 0.02 })
  expect(task).toMatchObject({ token_budget: 500, cost_budget: 0.02 })
})

test('a fork takes over what was done, with another result of a tool where one is given', async () => {
  const { id } = await insertAgentTask(ada.client, { prompt: 'Look it up.' })
  const held = await holdTask(stack, id)
  const look = { kind: 'tool', agent: 'Helper', name: 'look', status: 'done', input: {} } as const
  await held.record([{ ...look, key: 'tool:/a', output: 'old' }])
  await held.record([{ ...look, key: 'tool:/b', output: 'later' }])
  await held.settle('completed', { response: { answer: 'Old.' } })
  const [step] = await stack.sql`select id from agent_task_steps where task_id = ${id} and key = 'tool:/a'`

  const fork = await forkAgentTask(ada.client, id, { stepId: Number(step?.id), output: 'new' })
  const feed = watchTask(ada.client, fork.id)
  onTestFinished(feed.close)
  const { steps } = await until(feed, view => view.steps.length > 0)
  expect(steps).toMatchObject([{ key: 'tool:/a', output: 'new', attempt: 0 }])
  const refused = forkAgentTask(eve.client, id, { stepId: Number(step?.id) })
  await expect(refused).rejects.toMatchObject({ code: 'not_allowed' })
})
