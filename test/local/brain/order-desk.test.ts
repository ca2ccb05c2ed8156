import type { AgentInputItem } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import type { Brain } from '../../../supabase/local/brain.ts'
import { openBrain, orderDesk, runnerOf } from './arrange.ts'

type Options = Parameters<typeof orderDesk>[0]

/** Runs the desk; every question to a person is answered as told, from another process's model. */
async function askDesk(prompt: string | AgentInputItem[], options: Options & { rejection?: string } = {}) {
  const [brain, heir] = [await openBrain(), await openBrain()]
  const { frontDesk, log } = orderDesk(options)
  const result = await runnerOf(brain).run(frontDesk, prompt)
  const asked = result.interruptions.map(each => JSON.parse(each.arguments ?? ''))
  if (asked.length === 0) return { brain, log, asked, answer: result.finalOutput, history: result.history }
  for (const each of result.interruptions) {
    if (options.rejection) result.state.reject(each, { message: options.rejection })
    else result.state.approve(each)
  }
  const { finalOutput: answer, history } = await runnerOf(heir).run(frontDesk, result.state)
  return { brain, heir, log, asked, answer, history }
}

function agentsOf(brain: Brain | undefined): string[] {
  return brain?.callLog().map(call => call.agent) ?? []
}

describe('the order desk', () => {
  it('looks up orders and policy at once, hands over, and refunds when a person has approved', async () => {
    const { brain, heir, log, asked, answer } = await askDesk('My tea kettle arrived broken')
    expect(log).toEqual([
      'find_orders {"status":null}',
      'search_policy {"query":"My tea kettle arrived broken"}',
      'refund_order {"order":"1002","amount":45,"reason":"My tea kettle arrived broken"}',
    ])
    expect(asked).toHaveLength(1)
    expect(agentsOf(brain)).toEqual(['Front Desk', 'Policy', 'Policy', 'Front Desk', 'Refunds'])
    expect(agentsOf(heir)).toEqual(['Refunds'])
    expect(answer).toBe('I refunded **45.00 EUR** for order **#1002** (Tea kettle).')
  })

  it('answers from the policy in two sentences', async () => {
    const { history } = await askDesk('My tea kettle arrived broken')
    const outputs = history.filter(item => item.type === 'function_call_result')
    const policy = outputs.find(item => item.name === 'ask_policy')
    expect(policy?.output).toMatchObject({
      text: 'Broken items are refunded in full within 30 days. A person approves each refund.',
    })
  })

  it('asks for two refunds in parallel when the prompt names two orders', async () => {
    const { asked, answer } = await askDesk('1001 and 1003 are damaged')
    expect(asked.map(args => args.order)).toEqual(['1001', '1003'])
    expect(answer?.split('\n\n')).toEqual([
      'I refunded **79.90 EUR** for order **#1001** (Desk lamp).',
      'I refunded **210.00 EUR** for order **#1003** (Desk chair).',
    ])
  })

  it.each([
    [
      'Rejected: the lid is missing',
      'A person did not approve the refund for order **#1002** (Tea kettle): the lid is missing',
    ],
    ['Rejected: the warranty expired', expect.stringContaining('did not approve')],
    ['Tool execution was not approved.', 'A person did not approve the refund for order **#1002** (Tea kettle).'],
    ['The approval expired.', 'Nobody decided about order **#1002** (Tea kettle) in time, so nothing was refunded.'],
    ['The bank is closed.', 'The refund for order **#1002** (Tea kettle) did not go through: The bank is closed.'],
  ])('tells of a refund that ended with "%s"', async (rejection, expected) => {
    expect((await askDesk('#1002 is broken', { rejection })).answer).toEqual(expected)
  })

  it('tells in words what the tool itself refuses', async () => {
    const { answer } = await askDesk('#1002 is broken', { refund: () => '{"error":"It was paid back already."}' })
    expect(answer).toBe('The refund for order **#1002** (Tea kettle) did not go through: It was paid back already.')
  })

  it('tells that a person has changed the amount', async () => {
    const { answer } = await askDesk('#1002 is broken', { refund: () => '{"amount":20,"currency":"EUR"}' })
    expect(answer).toMatch(/^I refunded \*\*20\.00 EUR\*\* .* I had asked for 45\.00 EUR/)
  })

  it.each([['Something is broken'], ['The desk is broken'], ['#1009 is broken, a desk lamp']])(
    'asks which one is meant by "%s"',
    async prompt => {
      const { asked, answer } = await askDesk(prompt)
      expect(asked).toEqual([])
      expect(answer).toMatch(/^Which order is it about\?.*#1001.*#1002/s)
    },
  )

  it('refunds the one that the user names when asked', async () => {
    const { history } = await askDesk('Something is broken')
    const { asked } = await askDesk([...history, { role: 'user', content: 'The chair' }])
    expect(asked).toEqual([{ order: '1003', amount: 210, reason: 'Something is broken' }])
  })

  it('lists orders when nothing is wrong, and asks no policy', async () => {
    const { log, answer } = await askDesk('Where are my orders?')
    expect(log).toEqual(['find_orders {"status":null}'])
    expect(answer?.split('\n').filter(line => line.startsWith('- '))).toHaveLength(3)
  })

  it('looks up orders anew for the next question of a conversation', async () => {
    const { history } = await askDesk('Where are my orders?')
    const { log, answer } = await askDesk([...history, { role: 'user', content: 'Where is #1002?' }])
    expect(log).toEqual(['find_orders {"status":null}'])
    expect(answer).toContain('- **#1002** Tea kettle, 45.00 EUR: shipped')
    expect(answer).not.toContain('#1001')
  })
})
