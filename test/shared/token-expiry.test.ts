import { afterAll, beforeAll, onTestFinished, test } from 'vitest'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import { watchTask } from '../../shared/client/watch-task.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from './until.ts'
import { holdTask, text } from './worker-by-hand.ts'

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ tokenSeconds: 3 })
})
afterAll(() => stack.stop())

test('a watcher whose token expires is closed out, signs on with a fresh one and hears on', async () => {
  const { client } = await stack.signUp('ada@example.test')
  const { id } = await insertAgentTask(client, { prompt: 'Are you still there?' })
  const feed = watchTask(client, id)
  onTestFinished(feed.close)
  await until(feed, view => view.connection === 'live')
  await until(feed, view => view.connection === 'polling')
  await until(feed, view => view.connection === 'live')
  const held = await holdTask(stack, id)
  await held.say([text(1, 'Still here.')], { rows: false })
  await until(feed, view => view.text === 'Still here.')
})
