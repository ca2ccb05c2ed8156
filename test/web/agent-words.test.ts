import { describe, expect, test } from 'vitest'
import { AgentTaskError } from '../../shared/client/agent-task-error.ts'
import type { Step } from '../../shared/deltas.ts'
import { decidersOf, outcomeOf, refusalOf } from '../../web/src/words/approval-words.ts'
import { argumentName, argumentsOf, fieldsOf, readField } from '../../web/src/words/argument-words.ts'
import { costOf, money } from '../../web/src/words/money-words.ts'
import { stepFacts, stepTitle, totalFacts } from '../../web/src/words/timeline-words.ts'
import { explainWait } from '../../web/src/words/wait-words.ts'
import { aTask } from '../shared/a-task.ts'
import { anApproval } from '../shared/an-approval.ts'

const step: Step = { key: 'model::0', kind: 'model', agent: 'Front Desk', name: 'gpt-5', status: 'done' }
const usage = { requests: 1, inputTokens: 1_000, cachedTokens: 0, outputTokens: 204, totalTokens: 1_204 }

describe('money', () => {
  test.each([
    [0, '$0.00'],
    [0.000_095_4, '$0.000095'],
    [0.0042, '$0.0042'],
    [0.5, '$0.50'],
    [1_234.5, '$1,234.50'],
  ])('%d is %s', (amount, words) => {
    expect(money(amount)).toBe(words)
  })

  test('is never said to be known where it is not', () => {
    expect(costOf({ calls: 3, cost: 0.5, unpriced: 0 })).toBe('$0.50')
    expect(costOf({ calls: 3, cost: 0.5, unpriced: 2 })).toBe('at least $0.50 (no price is known for 2 calls)')
    expect(costOf({ calls: 3, cost: 0, unpriced: 3 })).toBe('price not known')
  })
})

describe('a step in a line', () => {
  test.each([
    [step, 'Front Desk asked gpt-5'],
    [{ ...step, kind: 'handoff', name: 'Refunds' }, 'Front Desk handed over to Refunds'],
    [
      {
        ...step,
        kind: 'guardrail',
        name: 'guardrail:Front Desk:input:moderation',
        output: { tripwireTriggered: true },
      },
      'The guardrail “moderation” for questions stopped this',
    ],
    [
      {
        ...step,
        kind: 'guardrail',
        name: 'guardrail:Desk:tool_input:no-iban:call_1',
        output: { behavior: { type: 'allow' } },
      },
      'The guardrail “no-iban” before a tool let this pass',
    ],
    [
      { ...step, kind: 'retry', output: { code: 'rate_limited', seconds: 1.5 } },
      'The model was asked again: the provider asked for a pause, 1.5 s later',
    ],
  ] satisfies [Step, string][])('%#', (it, words) => {
    expect(stepTitle(it)).toBe(words)
  })

  test('with what it took', () => {
    expect(stepFacts({ ...step, usage, cost: 0.0042, seconds: 2.1 })).toEqual(['1,204 tokens', '$0.0042', '2.1 s'])
    expect(stepFacts({ ...step, usage, cost: null })).toEqual(['1,204 tokens'])
  })
})

test('the totals of a task say how long it took, and of attempts only where there were several', () => {
  const totals = { calls: 2, tokens: 1_204, cost: 0.02, unpriced: 0 }
  const task = aTask({ status: 'completed', attempt: 2, started_at: '2026-11-21T10:00:01+00:00' })
  expect(totalFacts(totals, task)).toEqual(['2 model calls', '1,204 tokens', '$0.02', '8.0 s', '2 attempts'])
  expect(totalFacts({ ...totals, calls: 0 }, aTask({ attempt: 1 }))).toEqual([])
})

describe('arguments', () => {
  test('are read back as they were, whatever they are', () => {
    const value = { order_id: 'A-1', amount: 49.9, notify: false, note: null, tags: ['a'], nested: { deep: 1 } }
    expect(argumentsOf(fieldsOf(value) ?? [])).toEqual(value)
    expect(fieldsOf(['no', 'object'])).toBe(null)
  })

  test('that cannot be read are none', () => {
    const fields = fieldsOf({ amount: 1, tags: [] }) ?? []
    const wrong = fields.map(field => ({ ...field, text: '1x' }))
    expect(argumentsOf(wrong)).toBe(null)
    expect(wrong.map(readField)).toEqual([
      { problem: 'Write a number.' },
      { problem: 'This is no JSON. Texts stand in double quotes.' },
    ])
    expect(readField({ name: 'amount', kind: 'number', text: ' ' })).toEqual({ problem: 'Write a number.' })
  })

  test('are named as one reads them', () => {
    expect(['order_id', 'orderId', 'amount', ''].map(argumentName)).toEqual(['Order id', 'Order id', 'Amount', ''])
  })
})

describe('an approval', () => {
  test('says for whom it waits', () => {
    expect(decidersOf(anApproval({ decider: 'admin', not_asker: true }), 'Acme')).toBe(
      'an admin of Acme, other than who asked',
    )
    expect(decidersOf(anApproval({ decider: 'member' }), null)).toBe('anybody of the enterprise')
  })

  test('says how it ended, and by whom', () => {
    const known = new Map([['bob', 'bob@x.test']])
    expect(outcomeOf(anApproval({ status: 'approved', decided_by: 'ada' }), 'ada', known)).toBe('Approved by you')
    expect(outcomeOf(anApproval({ status: 'approved', decided_by: 'bob' }), 'ada', known)).toBe(
      'Approved by bob@x.test',
    )
    expect(outcomeOf(anApproval({ status: 'rejected', decided_by: null }), 'ada', known)).toBe('Rejected by a server')
    expect(outcomeOf(anApproval({ status: 'expired' }), 'ada', known)).toBe('Expired')
  })

  test('says why a decision was not taken', () => {
    const late = new AgentTaskError('not_open', 'This has been approved already. Load the approval again to see.')
    expect(refusalOf(late)).toEqual({
      title: 'Too late',
      message: 'This has been approved already. Your decision was not needed any more.',
    })
    expect(refusalOf(new AgentTaskError('not_allowed', 'There is no approval.')).title).toMatch(/not yours/)
    expect(refusalOf(new AgentTaskError('invalid_request', 'Too long.')).message).toBe('Too long.')
  })
})

test('what a task waits for is told: a decision, or its turn', () => {
  const here = { tenant: null, now: Date.parse('2026-11-21T12:00:00Z') }
  expect(explainWait({ reason: 'approval', open: 2 }, here)).toBe('Waits until somebody has decided on 2 tool calls.')
  expect(explainWait({ reason: 'session', ahead: 1 }, here)).toMatch(/the question before it/)
  expect(explainWait({ reason: 'session', ahead: 3 }, here)).toMatch(/the 3 questions before it/)
})
