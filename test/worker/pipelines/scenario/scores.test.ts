import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clearChoice, type Said, scoresOf } from '../../../../worker/pipelines/scenario/scores.ts'
import { agentOf, definitionOf } from '../../../sql/scenarios/arrange.ts'

const agents = [
  agentOf('sales', { intents: ['order', 'where is my order', 'price'], pages: ['/shop'] }),
  agentOf('returns', { intents: ['refund', 'broken'], pages: ['/orders'] }),
]
const team = definitionOf({ agents, rootAgent: 'sales' })
const user = (...texts: string[]): Said => texts.map(text => ({ role: 'user', text }))

describe('the score of an agent', () => {
  it('rises with its words in the latest message, and more with more of them', () => {
    expect(scoresOf(team, {}, user('A refund, please'))).toEqual({ sales: 0, returns: 0.6 })
    expect(scoresOf(team, {}, user('A refund for a broken cup'))).toEqual({ sales: 0, returns: 0.75 })
  })

  it('fades with the age of what was said', () => {
    expect(scoresOf(team, {}, user('It is broken', 'What is the price?'))).toEqual({ sales: 0.6, returns: 0.3 })
    expect(scoresOf(team, {}, user('broken', 'a', 'b', 'c', 'd')).returns).toBe(0)
  })

  it('rises with the page, but not with one that only looks alike', () => {
    expect(scoresOf(team, { path: '/orders/17' }, [])).toEqual({ sales: 0, returns: 0.4 })
    expect(scoresOf(team, { path: '/orders-old' }, [])).toEqual({ sales: 0, returns: 0 })
  })

  it.each([
    ['Refunds?', 0.6],
    ['REFUND', 0.6],
    ['refunding nothing', 0],
    ['unbroken', 0],
  ])('counts whole words: "%s"', (text, score) => {
    expect(scoresOf(team, {}, user(text)).returns).toBe(score)
  })

  it('counts phrases however they are spaced', () => {
    expect(scoresOf(team, {}, user('Where  is\nmy order')).sales).toBe(0.75)
  })

  it('does not count what assistants said', () => {
    expect(scoresOf(team, {}, [{ role: 'assistant', text: 'refund refund' }]).returns).toBe(0)
  })

  it('lies between 0 and 1, whatever is said and whatever the words are', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string({ minLength: 1 })), (texts, intents) => {
        const odd = definitionOf({ agents: [agentOf('odd', { intents })], rootAgent: 'odd' })
        const { odd: score = -1 } = scoresOf(odd, { path: '/' }, user(...texts))
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('a choice', () => {
  it.each([
    [{ a: 0.6, b: 0.2 }, 'a'],
    [{ a: 0.2, b: 0.6 }, 'b'],
    [{ a: 0.6, b: 0.4 }, undefined],
    [{ a: 0.4, b: 0 }, undefined],
    [{ a: 0, b: 0 }, undefined],
    [{ a: 0 }, 'a'],
  ])('of %j is %s', (scores, expected) => {
    expect(clearChoice(scores)).toBe(expected)
  })
})
