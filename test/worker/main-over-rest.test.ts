import { afterAll, describe, expect, it } from 'vitest'
import { cancelAgentTask } from '../../shared/client/cancel-agent-task.ts'
import { insertAgentTask } from '../../shared/client/submit-agent-task.ts'
import { startBrain } from '../../supabase/local/brain.ts'
import { startStack } from '../support/stack.ts'
import { rowWhen, waitFor } from './arrange.ts'
import { online, start } from './process.ts'

const stack = await startStack()
const brain = await startBrain({ pace: 'instant' })
const ends: (() => unknown)[] = []
const running = start(
  { atEnd: end => void ends.push(end) },
  {
    SUPABASE_URL: stack.url,
    SUPABASE_SERVICE_KEY: stack.serviceKey,
    OPENAI_API_KEY: brain.key,
    OPENAI_BASE_URL: brain.url,
    HOST: '127.0.0.1',
    PORT: '0',
    // What is to happen at once has to come over Realtime.
    POLL_SECONDS: '60',
    LEASE_SECONDS: '60',
  },
)
await online(running)
afterAll(async () => {
  for (const end of ends) await end()
  await brain.stop()
  await stack.stop()
})

describe('a worker with nothing but the URL and the key of a project', () => {
  it('is woken by a row and answers it', async () => {
    const { client } = await stack.signUp('ada@example.test')
    await isIdle()
    const { id } = await insertAgentTask(client, { prompt: 'What is 6 * 7?' })
    expect(await rowWhen(stack.sql, id, 'completed')).toMatchObject({
      response_payload: { answer: 'The result is **42**.' },
      attempt: 1,
    })
  })

  it('hears a cancel in mid-answer and keeps what was there', async () => {
    const { client } = await stack.signUp('bob@example.test')
    await isIdle()
    const { id } = await insertAgentTask(client, { prompt: 'Who are you? !slow' })
    await waitFor('the first words', async () => {
      const said = await stack.sql`select from public.agent_task_deltas where task_id = ${id} and kind = 'text'`
      return said.length
    })
    await cancelAgentTask(client, id)
    expect((await rowWhen(stack.sql, id, 'cancelled')).response_payload).toMatchObject({ partial: true })
  })

  it('stops on SIGTERM and signs off', async () => {
    running.child.kill('SIGTERM')
    expect(await running.exit).toBe(0)
    expect(await stack.sql`select from worker.workers`).toHaveLength(0)
  })
})

function isIdle(): Promise<unknown> {
  return waitFor('an idle worker', async () => (await stack.sql`select from worker.workers where idle`).length)
}
