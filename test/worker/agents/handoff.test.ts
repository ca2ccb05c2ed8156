import { tool } from '@openai/agents'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { intercept, setScene } from '../arrange.ts'
import { deltasOf, roomWithProvider, stepsOf, take, takeOver } from './arrange.ts'
import { agentOf, runWith } from './run-with.ts'

const scene = await setScene()

const toBilling = { calls: [{ name: 'transfer_to_Billing', args: '{}' }] }
const refund = { calls: [{ name: 'refund', args: '{"order":"A1"}' }] }
const goodbye = { text: 'Your refund is on its way.' }

/** Triage, who hands over to billing, who has a tool that counts its calls. */
function twoAgents() {
  const refunded: string[] = []
  const refundTool = tool({
    name: 'refund',
    description: 'Refunds an order.',
    parameters: z.object({ order: z.string() }),
    execute: ({ order }) => {
      refunded.push(order)
      return 'done'
    },
  })
  const billing = () => agentOf({ name: 'Billing', tools: [refundTool] })
  // Built anew for each attempt, as pipelines do.
  return { refunded, triage: () => ({ name: 'Triage', handoffs: [billing()] }) }
}

describe('a handoff', () => {
  it('is journalled and streamed, and the next agent is at work from there', async () => {
    const room = await roomWithProvider(scene, [toBilling, refund, goodbye])
    const { triage, refunded } = twoAgents()
    const held = await take(scene, room, { prompt: 'Refund' })
    expect(await runWith(room, held, triage())).toBe(goodbye.text)
    expect(refunded).toEqual(['A1'])
    expect(await stepsOf(scene, held.task)).toMatchObject([
      { kind: 'model', agent: 'Triage' },
      { kind: 'handoff', agent: 'Triage', name: 'Billing', status: 'done', key: expect.stringMatching(/^handoff:/) },
      { kind: 'model', agent: 'Billing' },
      { kind: 'tool', agent: 'Billing', name: 'refund', output: 'done' },
      { kind: 'model', agent: 'Billing' },
    ])
    const deltas = await deltasOf(scene, held.task)
    expect(deltas.filter(each => each.kind === 'agent').map(each => each.data.name)).toEqual(['Triage', 'Billing'])
    expect(deltas.filter(each => each.kind === 'step').map(each => `${each.data.kind} ${each.data.status}`)).toEqual([
      'model done',
      'handoff done',
      'model done',
      'tool started',
      'tool done',
      'model done',
    ])
  })

  it('is not told again, and its tools do not run again, in a second attempt', async () => {
    const room = await roomWithProvider(scene, [toBilling, refund, goodbye])
    const { triage, refunded } = twoAgents()
    const held = await take(scene, room, { prompt: 'Refund' })
    await runWith(room, held, triage())
    const [steps, deltas] = [await stepsOf(scene, held.task), await deltasOf(scene, held.task)]
    expect(await runWith(room, await takeOver(scene, room, held), triage())).toBe(goodbye.text)
    expect(refunded).toEqual(['A1'])
    expect(room.provider.calls).toHaveLength(3)
    expect(await stepsOf(scene, held.task)).toEqual(steps)
    const again = (await deltasOf(scene, held.task)).slice(deltas.length)
    expect(again.filter(each => each.kind !== 'agent')).toEqual([])
  })

  it('names the agent of each call rightly, however slowly its record is written', async () => {
    const modelDone = Promise.withResolvers<void>()
    const db = intercept(scene.connect(), {
      before: async (name, { p_steps }) => {
        const text = JSON.stringify(p_steps ?? null)
        if (name !== 'record_steps') return
        if (text.includes('"kind":"handoff"')) await Promise.race([modelDone.promise, patience()])
        if (text.includes('model::1')) modelDone.resolve()
      },
    })
    const room = await roomWithProvider(scene, [toBilling, goodbye], { db })
    const held = await take(scene, room, { prompt: 'Refund' })
    await runWith(room, held, twoAgents().triage())
    const models = (await stepsOf(scene, held.task)).filter(step => step.kind === 'model')
    expect(models.map(step => [step.key, step.agent])).toEqual([
      ['model::0', 'Triage'],
      ['model::1', 'Billing'],
    ])
  })
})

/** Where the next model call waits for the record, the record is not held up for ever. */
function patience(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 500))
}
