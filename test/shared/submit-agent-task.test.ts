import { describe, expect, test, vi } from 'vitest'
import { AgentTaskError } from '../../shared/client/agent-task-error.ts'
import { cancelAgentTask } from '../../shared/client/cancel-agent-task.ts'
import { retryAgentTask } from '../../shared/client/retry-agent-task.ts'
import { insertAgentTask, submitAgentTask } from '../../shared/client/submit-agent-task.ts'
import type { AgentTask } from '../../shared/task.ts'
import { startWithPeople } from './people.ts'
import { holdTask } from './worker-by-hand.ts'

const { stack, ada, eve } = await startWithPeople()

/** Submits, and waits until the row is there. */
async function submit(options: { signal?: AbortSignal } = {}) {
  const updates: AgentTask[] = []
  const ended = submitAgentTask(ada.client, { prompt: 'Hello?', ...options }, task => updates.push(task))
  // The test looks at how it ended later on; until then nobody listens.
  ended.catch(() => undefined)
  const id = await vi.waitFor(() => updates[0]?.id ?? Promise.reject(new Error('Not inserted yet.')), 10_000)
  return { ended, updates, id }
}

describe('a submitted task', () => {
  test('resolves with the finished row, after a call for each change', async () => {
    const { ended, updates, id } = await submit()
    const held = await holdTask(stack, id)
    await vi.waitFor(() => expect(updates.map(({ status }) => status)).toContain('processing'), 10_000)
    await held.settle('completed', { response: { answer: 'Hello.' } })
    expect(await ended).toMatchObject({ id, status: 'completed', response_payload: { answer: 'Hello.' } })
    expect(updates.map(({ status }) => status)).toEqual(['pending', 'processing', 'completed'])
    expect(updates[0]).toMatchObject({ user_id: ada.userId, request_payload: { prompt: 'Hello?' } })
  })

  test('rejects with the error of a task that fails', async () => {
    const { ended, id } = await submit()
    const held = await holdTask(stack, id)
    await held.settle('failed', { error: { code: 'model_refused', message: 'Ask otherwise.', retryable: false } })
    await expect(ended).rejects.toThrow(AgentTaskError)
    await expect(ended).rejects.toMatchObject({
      code: 'model_refused',
      message: 'Ask otherwise.',
      retryable: false,
      task: { id, status: 'failed' },
    })
  })

  test('waits through a retry for the end', async () => {
    const { ended, updates, id } = await submit()
    const first = await holdTask(stack, id)
    await first.settle('retry', { error: { code: 'provider_busy', message: 'Busy.', retryable: true } })
    await vi.waitFor(() => expect(updates.at(-1)?.status).toBe('scheduled'), 10_000)
    expect(updates.at(-1)?.error?.code).toBe('provider_busy')
    await stack.sql`update agent_task_requests set status = 'pending', run_at = now() where id = ${id}`
    const second = await holdTask(stack, id)
    await second.settle('completed', { response: { answer: 'At last.' } })
    expect(await ended).toMatchObject({ status: 'completed', attempt: 2 })
  })

  test('rejects as cancelled when it is', async () => {
    const { ended, id } = await submit()
    await cancelAgentTask(ada.client, id)
    await expect(ended).rejects.toMatchObject({ code: 'cancelled', task: { status: 'cancelled' } })
  })

  test('is no longer watched once the signal aborts, yet goes on', async () => {
    const leaving = new AbortController()
    const { ended, id } = await submit({ signal: leaving.signal })
    leaving.abort(new Error('The tab was closed.'))
    await expect(ended).rejects.toThrow('The tab was closed.')
    expect(ada.client.getChannels()).toHaveLength(0)
    const [row] = await stack.sql`select status, cancel_requested_at from agent_task_requests where id = ${id}`
    expect(row).toEqual({ status: 'pending', cancel_requested_at: null })
  })
})

describe('a refused submission says what to change', () => {
  const refusal = (submission: Parameters<typeof insertAgentTask>[1], by = ada) =>
    insertAgentTask(by.client, submission).then(
      () => expect.unreachable('It was taken.'),
      (error: unknown) => error,
    )

  test('without a prompt, or with one too long, before anything is sent', async () => {
    expect(await refusal({ prompt: '  ' })).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/empty/),
    })
    const long = await refusal({ prompt: 'x'.repeat(40_000) })
    expect(long).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/longer than 32,000/) })
  })

  test('with a context that the database does not take', async () => {
    const context = { text: 'x'.repeat(300_000) }
    expect(await refusal({ prompt: 'Read this.', context })).toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/262144.*Store large inputs/s),
    })
    expect(await refusal({ prompt: 'null\0byte' })).toMatchObject({ code: 'invalid_request', retryable: false })
  })

  test('with a priority out of range', async () => {
    expect(await refusal({ prompt: 'Now!', priority: -1 })).toMatchObject({ code: 'invalid_request' })
  })

  test('for an enterprise that is not one’s own', async () => {
    const [acme] = await stack.sql`insert into enterprises (name) values ('Acme') returning id`
    expect(await refusal({ prompt: 'Hello?', enterpriseId: acme?.id })).toMatchObject({ code: 'not_allowed' })
  })

  test('beyond the limit of unfinished tasks, which may pass by itself', async () => {
    await stack.sql`insert into agent_task_requests (user_id, request_payload)
      select ${eve.userId}, '{"prompt": "one of many"}' from generate_series(1, 100)`
    expect(await refusal({ prompt: 'One more.' }, eve)).toMatchObject({ code: 'too_many_tasks', retryable: true })
  })

  test('when nobody is signed in', async () => {
    const nobody = { ...ada, client: stack.anonClient() }
    expect(await refusal({ prompt: 'Hello?' }, nobody)).toMatchObject({ code: 'not_allowed' })
  })
})

test('nobody can cancel or retry the task of somebody else', async () => {
  const { id } = await insertAgentTask(ada.client, { prompt: 'Mine.' })
  await expect(cancelAgentTask(eve.client, id)).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(retryAgentTask(eve.client, id)).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(retryAgentTask(ada.client, id)).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a task with a time to start waits for it, and keeps its place by priority', async () => {
  const runAt = new Date(Date.now() + 3_600_000)
  const task = await insertAgentTask(ada.client, { prompt: 'Later.', runAt, priority: 7, context: { page: 3 } })
  expect(task).toMatchObject({ status: 'scheduled', priority: 7, request_payload: { context: { page: 3 } } })
  expect(Date.parse(task.run_at)).toBe(runAt.getTime())
})

describe('a task with an idempotency key', () => {
  const ask = (prompt: string, idempotencyKey: string) => insertAgentTask(ada.client, { prompt, idempotencyKey })

  test('is submitted once, however often it is sent', async () => {
    const [first, second] = await Promise.all([ask('Once?', 'one'), ask('Once?', 'one')])
    expect(second.id).toBe(first.id)
    await cancelAgentTask(ada.client, first.id)
    expect(await ask('Once?', 'one')).toMatchObject({ id: first.id, status: 'cancelled' })
  })

  test('refuses another question under the same key, and says so', async () => {
    await ask('This?', 'two')
    await expect(ask('That?', 'two')).rejects.toMatchObject({ code: 'key_taken', retryable: false })
  })
})

test('a task is submitted under a correlation id, with an idempotency key and without', async () => {
  for (const more of [{}, { idempotencyKey: crypto.randomUUID() }]) {
    const task = await insertAgentTask(ada.client, { prompt: 'Why?', correlationId: 'case-7', ...more })
    expect(task.correlation_id).toBe('case-7')
  }
  const refused = insertAgentTask(ada.client, { prompt: 'Why?', correlationId: 'two words' })
  await expect(refused).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a task with a supersede key cancels the one before', async () => {
  const first = await insertAgentTask(ada.client, { prompt: 'Draft 1', supersedeKey: 'draft' })
  const second = await insertAgentTask(ada.client, { prompt: 'Draft 2', supersedeKey: 'draft' })
  const rows =
    await stack.sql`select id, status from agent_task_requests where supersede_key = 'draft' order by created_at`
  expect(rows).toEqual([
    { id: first.id, status: 'cancelled' },
    { id: second.id, status: 'pending' },
  ])
})

test('a task may have a deadline', async () => {
  const deadlineAt = new Date(Date.now() + 60_000)
  const task = await insertAgentTask(ada.client, { prompt: 'Soon?', deadlineAt })
  expect(new Date(String(task.deadline_at))).toEqual(deadlineAt)
})
