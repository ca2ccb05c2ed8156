import { describe, expect, it } from 'vitest'
import { TaskError } from '../../../worker/errors.ts'
import { cancel, rowOf, rowWhen, setScene, submit, waitFor } from '../arrange.ts'
import { type Begun, createPerformer, done, hire } from './arrange.ts'

const scene = await setScene()
const { sql } = scene

/** Has one task taken; the test decides on its end. */
async function begin(options: Parameters<typeof createPerformer>[0] = {}, values = {}) {
  const performer = createPerformer(options)
  const id = await submit(sql, values)
  const worker = await hire(scene, performer)
  return { id, performer, worker, attempt: await performer.nth(1) }
}

const isStopped = ({ signal }: Begun) => waitFor('the stop', () => signal.aborted)
const secondsUntil = (time: unknown) => ((time as Date).getTime() - Date.now()) / 1000

describe('an attempt', () => {
  it('that completes leaves its response on the row', async () => {
    const { id, attempt, worker } = await begin()
    attempt.end({ kind: 'completed', response: { answer: 'Rayleigh.', nul: 'a\0b', half: '\ud83d' } })
    const row = await rowWhen(sql, id, 'completed')
    expect(row).toMatchObject({ response_payload: { answer: 'Rayleigh.', nul: 'ab', half: '\ufffd' }, error: null })
    expect(await worker.told.until('taskSettled')).toMatchObject([{ id }, 'completed', expect.any(Number), undefined])
  })

  it('that fails leaves its error on the row and is not repeated', async () => {
    const { id, attempt, worker } = await begin()
    const error = { code: 'content_refused', message: 'Rephrase it.', retryable: false }
    attempt.end({ kind: 'failed', error })
    expect(await rowWhen(sql, id, 'failed')).toMatchObject({ error, response_payload: null })
    expect(await worker.told.until('taskSettled')).toMatchObject([{ id }, 'failed', expect.any(Number), error.code])
  })

  it('that throws an error which no repetition helps fails', async () => {
    const { id, attempt } = await begin()
    attempt.fail(new TaskError('invalid_request', 'Send a prompt.'))
    expect((await rowWhen(sql, id, 'failed')).error).toEqual({
      code: 'invalid_request',
      message: 'Send a prompt.',
      retryable: false,
    })
  })

  it('that throws a passing error is scheduled again', async () => {
    const { id, attempt } = await begin()
    attempt.fail(new TaskError('provider_timeout', 'It was silent.', { retry: true }))
    const row = await rowWhen(sql, id, 'scheduled')
    expect(row).toMatchObject({ error: { code: 'provider_timeout', retryable: true }, attempt: 1 })
  })

  it('that is told when to come back is scheduled for then, and does not count', async () => {
    const { id, attempt } = await begin()
    attempt.fail(new TaskError('rate_limited', 'Later.', { retry: true, afterSeconds: 120 }))
    const row = await rowWhen(sql, id, 'scheduled')
    expect(row).toMatchObject({ error: { code: 'rate_limited', retryable: true }, attempt: 0, snooze_count: 1 })
    expect(secondsUntil(row.run_at)).toBeGreaterThan(110)
  })

  it('that waits for its children holds nothing, and goes on when they have ended', async () => {
    const { id, performer, attempt, worker } = await begin()
    const { children } = (await worker.db.call('spawn_children', {
      p_task: id,
      p_lease: attempt.task.leaseId,
      p_children: [{ key: 'one', kind: 'assistant', request_payload: { prompt: 'One?' } }],
    })) as { children: { task_id: string }[] }
    attempt.end({ kind: 'waiting' })
    await rowWhen(sql, id, 'waiting')
    const child = await performer.nth(2)
    expect(child.task.id).toBe(children[0]?.task_id)
    child.end(done)
    const again = await performer.nth(3)
    expect(again.task).toMatchObject({ id, life: 1, attempt: 1 })
    again.end(done)
    await rowWhen(sql, id, 'completed')
  })

  it('is stopped by its deadline, and fails with what was there', async () => {
    const deadline = new Date(Date.now() + 300)
    const { id, attempt } = await begin({ partial: { answer: 'It sca', partial: true } }, { deadline_at: deadline })
    const row = await rowWhen(sql, id, 'failed')
    expect(row).toMatchObject({ error: { code: 'deadline_exceeded' }, response_payload: { answer: 'It sca' } })
    expect(attempt.signal.aborted).toBe(true)
  })

  it('that meets an error which no one foresaw is tried again as internal, and says nothing of it on the row', async () => {
    const { id, attempt, worker } = await begin()
    const error = new Error('password sk-secret-123 is wrong')
    attempt.fail(error)
    const row = await rowWhen(sql, id, 'scheduled')
    expect(row.error).toMatchObject({ code: 'internal', retryable: true })
    expect(JSON.stringify(row)).not.toContain('sk-secret')
    expect(worker.told.of('taskCrashed')).toMatchObject([[{ id }, error]])
  })

  it('that was the last one allowed fails instead of being scheduled', async () => {
    const { id, attempt } = await begin({}, { max_attempts: 1 })
    attempt.fail(new TaskError('provider_unavailable', 'It is down.', { retry: true }))
    expect((await rowWhen(sql, id, 'failed')).error).toMatchObject({ code: 'provider_unavailable' })
  })

  it('stopped by cancel keeps what was there', async () => {
    const { id, attempt } = await begin({ partial: { answer: 'It sca', partial: true } })
    await cancel(sql, id)
    const row = await rowWhen(sql, id, 'cancelled')
    expect(row).toMatchObject({ response_payload: { answer: 'It sca', partial: true }, error: null })
    expect(attempt.signal.aborted).toBe(true)
  })

  it('that ended before it noticed its cancel has ended', async () => {
    const { id, attempt } = await begin({ obeys: false })
    await cancel(sql, id)
    await isStopped(attempt)
    attempt.end(done)
    expect((await rowWhen(sql, id, 'completed')).response_payload).toEqual({ answer: 'It scatters.' })
  })

  it('that throws because it was told to stop counts as stopped', async () => {
    const { id, attempt, worker } = await begin({ obeys: false })
    await cancel(sql, id)
    await isStopped(attempt)
    attempt.fail(new DOMException('This operation was aborted', 'AbortError'))
    await rowWhen(sql, id, 'cancelled')
    expect(worker.told.of('taskCrashed')).toEqual([])
  })

  it('cancelled while the worker shuts down keeps what was there too', async () => {
    const { id, attempt, worker } = await begin({ obeys: false })
    await cancel(sql, id)
    await isStopped(attempt)
    worker.stopNow()
    attempt.end({ kind: 'stopped', response: { answer: 'It sca', partial: true } })
    expect((await rowWhen(sql, id, 'cancelled')).response_payload).toEqual({ answer: 'It sca', partial: true })
  })

  it('that finds its lease lost writes nothing', async () => {
    const { id, attempt, worker } = await begin({ obeys: false })
    attempt.stop('lost')
    expect(attempt.signal.aborted).toBe(true)
    attempt.end(done)
    expect(await worker.told.until('taskSettled')).toMatchObject([{ id }, 'lost', expect.any(Number), undefined])
    expect(await rowOf(sql, id)).toMatchObject({ status: 'processing', response_payload: null })
  })

  it('ends the signal of whatever it left running', async () => {
    const { id, attempt } = await begin()
    attempt.end(done)
    await rowWhen(sql, id, 'completed')
    expect(attempt.signal.aborted).toBe(true)
  })
})
