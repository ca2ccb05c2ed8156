import type { ModelRequest } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import { costOf, estimateTokens, isPriced } from '../../../worker/agents/prices.ts'

const usage = (inputTokens: number, cachedTokens: number, outputTokens: number) => ({
  inputTokens,
  cachedTokens,
  outputTokens,
})

describe('the cost of a call', () => {
  it('is found in the bundled table, cached tokens at their own price', () => {
    expect(costOf('gpt-4o-mini', usage(1e6, 0, 0), {})).toBe(0.15)
    expect(costOf('gpt-4o-mini', usage(1e6, 1e6, 0), {})).toBe(0.075)
    expect(costOf('gpt-4o-mini', usage(0, 0, 1e6), {})).toBe(0.6)
  })

  it('is found for the dated name of a model', () => {
    expect(costOf('gpt-4o-mini-2024-07-18', usage(1e6, 0, 0), {})).toBe(0.15)
  })

  it('counts cached tokens in full where the table has no price for them', () => {
    expect(costOf('gpt-4', usage(1e6, 5e5, 0), {})).toBe(costOf('gpt-4', usage(1e6, 0, 0), {}))
  })

  it.each(['my-own-model', 'constructor', '__proto__', ''])('is not known for %j', model => {
    expect(costOf(model, usage(1000, 0, 1000), {})).toBeNull()
    expect(isPriced(model, {})).toBe(false)
  })

  it('goes by the own prices first', () => {
    const own = { 'gpt-4o-mini': { input: 10, cached: 1, output: 100 } }
    expect(costOf('gpt-4o-mini', usage(3e6, 1e6, 1e6), own)).toBe(20 + 1 + 100)
  })

  it('counts cached tokens in full where the own prices do not name them', () => {
    expect(costOf('my-own-model', usage(2e6, 1e6, 0), { 'my-own-model': { input: 1, output: 1 } })).toBe(2)
  })

  it('may be nothing, which is a price', () => {
    const own = { 'my-own-model': { input: 0, output: 0 } }
    expect(costOf('my-own-model', usage(1000, 0, 1000), own)).toBe(0)
    expect(isPriced('my-own-model', own)).toBe(true)
  })

  it('has as many places as the database keeps', () => {
    expect(costOf('my-own-model', usage(1, 0, 0), { 'my-own-model': { input: 0.123, output: 0 } })).toBe(0.00000012)
  })

  it.each([
    ['more cached tokens than input', usage(1e6, 5e6, 0), 0.075],
    ['less than nothing', usage(-5, -5, -5), 0],
    ['no number', usage(Number.NaN, Number.NaN, Number.NaN), 0],
  ])('bears a provider that reports %s', (_what, reported, expected) => {
    expect(costOf('gpt-4o-mini', reported, {})).toBe(expected)
  })
})

describe('the estimate of a call', () => {
  const request = (more: Partial<ModelRequest>) => ({ input: '', modelSettings: {}, ...more })

  it('is a token for four characters of instructions and input, and a usual answer', () => {
    expect(estimateTokens(request({ systemInstructions: 'x'.repeat(400), input: 'y'.repeat(401) }))).toBe(1201)
  })

  it('takes the answer to be as long as it may be', () => {
    expect(estimateTokens(request({ input: 'abcd', modelSettings: { maxTokens: 50 } }))).toBe(51)
  })

  it('grows with each item of a conversation', () => {
    const item = { role: 'user', content: 'z'.repeat(4000) } as const
    const one = estimateTokens(request({ input: [item] }))
    expect(one).toBeGreaterThan(2000)
    expect(estimateTokens(request({ input: [item, item] })) - one).toBeGreaterThan(1000)
  })

  it('does not take a file for text', () => {
    const image = { type: 'input_image', image: `data:image/png;base64,${'A'.repeat(1e6)}` } as const
    expect(estimateTokens(request({ input: [{ role: 'user', content: [image] }] }))).toBeLessThan(1100)
  })
})
