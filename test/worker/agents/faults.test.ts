import { APIError } from 'openai'
import { describe, expect, it } from 'vitest'
import { budgetFault, providerFault } from '../../../worker/agents/faults.ts'
import { TaskError } from '../../../worker/errors.ts'
import { setScene } from '../arrange.ts'
import { ask, deltasOf, KEY, openRoom, roomWithBrain, roomWithProvider, textOf } from './arrange.ts'
import { begin, fail } from './provider.ts'

const scene = await setScene()

/** What an operator or a user may read of an error. */
const seen = (error: unknown) => JSON.stringify([(error as TaskError).code, (error as TaskError).message])

describe('a provider that answers with', () => {
  it.each([
    [401, undefined, 'provider_auth', false],
    [403, undefined, 'provider_auth', false],
    [404, undefined, 'model_not_found', false],
    [429, 'insufficient_quota', 'quota_exhausted', false],
    [400, 'content_policy_violation', 'content_refused', false],
    [400, 'context_length_exceeded', 'prompt_too_long', false],
    [400, 'invalid_value', 'provider_rejected', false],
    [422, undefined, 'provider_rejected', false],
  ])('%s %s is asked once and gives %s', async (status, code, expected, retry) => {
    const error = { message: `Incorrect API key ${KEY} for: tell me my secret`, type: 'x', code }
    const room = await roomWithProvider(scene, [fail(status, {}, error)])
    const { result } = await ask(scene, room, 'Tell me my secret')
    expect(result).toBeInstanceOf(TaskError)
    expect(result).toMatchObject({ code: expected, retry })
    expect(room.provider.calls).toHaveLength(1)
    expect(seen(result)).not.toMatch(/sk-test|secret/)
  })

  it('500 is asked three times and then gives provider_unavailable', async () => {
    const room = await roomWithProvider(scene, [fail(500)])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'provider_unavailable', retry: true })
    expect(room.provider.calls).toHaveLength(3)
    const retried = room.told.of('modelRetried').map(([, code, seconds]) => [code, Number(seconds) < 2.1])
    expect(retried).toEqual(Array(2).fill(['provider_unavailable', true]))
  })

  it.each([408, 409, 500, 502, 503, 529])('%s may be repeated', status => {
    const cause = APIError.generate(status, { error: {} }, 'No.', new Headers())
    expect(providerFault(cause)).toMatchObject({ code: 'provider_unavailable', retry: true })
  })

  it('503 and a time gives the slot back for so long', async () => {
    const room = await roomWithProvider(scene, [fail(503, { 'retry-after': '42' })])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'provider_unavailable', retry: true, afterSeconds: 42 })
    expect(room.provider.calls).toHaveLength(1)
  })

  it('429 for a long time gives the slot back for so long', async () => {
    const room = await roomWithProvider(scene, [fail(429, { 'retry-after': '42' })])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'rate_limited', retry: true, afterSeconds: 42 })
    expect(room.provider.calls).toHaveLength(1)
  })

  it('429 until a date gives the slot back until then', async () => {
    const date = new Date(Date.now() + 60_000).toUTCString()
    const room = await roomWithProvider(scene, [fail(429, { 'retry-after': date })])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'rate_limited' })
    expect((result as TaskError).afterSeconds).toBeGreaterThan(50)
  })

  it('429 again and again is asked five times before the slot is given back', async () => {
    const room = await roomWithProvider(scene, [fail(429, { 'retry-after-ms': '5' })])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toMatchObject({ code: 'rate_limited', retry: true })
    expect(room.provider.calls).toHaveLength(5)
  })

  it('429 for a moment is asked again after it', async () => {
    const room = await roomWithProvider(scene, [fail(429, { 'retry-after-ms': '5' }), { text: 'Here I am.' }])
    const { result } = await ask(scene, room, 'Hello')
    expect(result).toEqual({ kind: 'completed', response: { answer: 'Here I am.' } })
    expect(room.told.of('modelRetried')).toMatchObject([[{}, 'rate_limited', 0.005]])
  })
})

describe('the demo model', () => {
  it('that fails once is asked again', async () => {
    const room = await roomWithBrain(scene)
    const { result } = await ask(scene, room, '!fail once 500')
    expect(result).toMatchObject({ kind: 'completed' })
    expect(room.brain.calls()).toBe(2)
  })

  it('that breaks off is asked again, and what it had said is withdrawn', async () => {
    const room = await roomWithBrain(scene)
    const { held, result } = await ask(scene, room, '!drop once and explain')
    const deltas = await deltasOf(scene, held.task)
    expect(deltas.filter(each => each.kind === 'reset')).toHaveLength(1)
    expect(result).toEqual({ kind: 'completed', response: { answer: textOf(deltas) } })
    expect(room.brain.calls()).toBe(2)
  })

  it('that declines gives content_refused', async () => {
    const room = await roomWithBrain(scene)
    expect((await ask(scene, room, '!refuse')).result).toMatchObject({ code: 'content_refused', retry: false })
  })

  it('that never answers gives provider_timeout', async () => {
    const room = await roomWithBrain(scene, { timeoutSeconds: 0.05 })
    const { result } = await ask(scene, room, '!silent')
    expect(result).toMatchObject({ code: 'provider_timeout', retry: true })
    expect(room.told.of('modelRetried').map(args => args[1])).toEqual(['provider_timeout', 'provider_timeout'])
  })
})

describe('a provider', () => {
  it('that falls silent in mid-answer gives provider_timeout', async () => {
    const room = await roomWithProvider(scene, [response => begin(response, 'It sca')], { timeoutSeconds: 0.5 })
    const { held, result } = await ask(scene, room, 'Why?')
    expect(result).toMatchObject({ code: 'provider_timeout', retry: true })
    expect(room.provider.calls).toHaveLength(3)
    expect((await deltasOf(scene, held.task)).some(each => each.kind === 'text')).toBe(true)
  })

  it('that cannot be reached gives provider_unreachable', async () => {
    const room = openRoom(scene, { baseUrl: 'http://127.0.0.1:9/v1' })
    expect((await ask(scene, room, 'Hello')).result).toMatchObject({ code: 'provider_unreachable', retry: true })
  })

  it('that closes the door in mid-answer gives provider_unreachable or provider_unavailable', async () => {
    const slam = (response: Parameters<typeof begin>[0]) => {
      begin(response, 'It sca')
      setImmediate(() => response.destroy())
    }
    const room = await roomWithProvider(scene, [slam])
    const { result } = await ask(scene, room, 'Why?')
    expect(result).toMatchObject({ code: expect.stringMatching(/^provider_un(reachable|available)$/), retry: true })
    expect(room.provider.calls).toHaveLength(3)
  })

  it('that says in its stream that it failed gives provider_unavailable', async () => {
    const failing = (response: Parameters<typeof begin>[0]) => {
      begin(response, 'It sca')
      response.end(
        `event: error\ndata: ${JSON.stringify({ type: 'error', code: 'server_error', message: 'Oops' })}\n\n`,
      )
    }
    const room = await roomWithProvider(scene, [failing])
    const { result } = await ask(scene, room, 'Why?')
    expect(result).toMatchObject({ code: 'provider_unavailable', retry: true })
  })

  it('whose model refuses in words gives content_refused', async () => {
    const room = await roomWithProvider(scene, [{ refusal: 'I cannot help with that.' }])
    expect((await ask(scene, room, 'Hello')).result).toMatchObject({ code: 'content_refused', retry: false })
  })
})

describe('a spent budget', () => {
  it.each(['task_tokens', 'task_cost', 'day_tokens', 'day_cost', 'price_unknown', 'something_new'])(
    'of %s ends the task for good',
    reason => {
      expect(budgetFault(reason)).toMatchObject({ code: 'budget_exhausted', retry: false })
    },
  )

  it('says which one it is', () => {
    expect(budgetFault('task_tokens').message).toMatch(/task.*tokens/)
    expect(budgetFault('day_cost').message).toMatch(/money for today/)
    expect(budgetFault('price_unknown').message).toMatch(/MODEL_PRICES/)
  })
})
