import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { type Brain, startBrain } from '../../../supabase/local/brain.ts'

/** A model that acts at once, for one test. */
export async function openBrain(options: Parameters<typeof startBrain>[0] = {}): Promise<Brain> {
  const brain = await startBrain({ pace: 'instant', ...options })
  onTestFinished(() => brain.stop())
  return brain
}

export function clientOf({ url, key }: Brain): OpenAI {
  return new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 })
}

/** The SDK's runner on the real client. */
export function runnerOf(brain: Brain, { useResponses = true } = {}): Runner {
  const modelProvider = new OpenAIProvider({ openAIClient: clientOf(brain), useResponses })
  return new Runner({ modelProvider, model: 'demo', modelSettings: { store: false }, tracingDisabled: true })
}

const ORDERS = [
  { number: '1001', item: 'Desk lamp', amount: 79.9, currency: 'EUR', status: 'delivered', ordered_at: '…' },
  { number: '1002', item: 'Tea kettle', amount: 45, currency: 'EUR', status: 'shipped', ordered_at: '…' },
  { number: '1003', item: 'Desk chair', amount: 210, currency: 'EUR', status: 'delivered', ordered_at: '…' },
]
const POLICY =
  'Broken items are refunded in full within 30 days. A person approves each refund. Shipping is not refunded.'

type Desk = { frontDesk: Agent; log: string[] }

/** The cast of the order desk with tools that note their calls; built anew for each run, as for each task. */
export function orderDesk({ refund = done }: { refund?: (args: RefundArgs) => string } = {}): Desk {
  const log: string[] = []
  const note = <T>(call: string, args: object, output: T): T => {
    log.push(`${call} ${JSON.stringify(args)}`)
    return output
  }
  const searchPolicy = tool({
    name: 'search_policy',
    description: 'Searches.',
    parameters: z.object({ query: z.string() }),
    execute: args => note('search_policy', args, POLICY),
  })
  const refundOrder = tool({
    name: 'refund_order',
    description: 'Refunds.',
    parameters: refundArgs,
    needsApproval: true,
    execute: args => note('refund_order', args, refund(args)),
  })
  const findOrders = tool({
    name: 'find_orders',
    description: 'Finds.',
    parameters: z.object({ status: z.string().nullable() }),
    execute: args => note('find_orders', args, JSON.stringify(ORDERS)),
  })
  const policy = new Agent({ name: 'Policy', instructions: 'You are Policy of a shop.', tools: [searchPolicy] })
  const refunds = new Agent({ name: 'Refunds', instructions: 'You are Refunds of a shop.', tools: [refundOrder] })
  const frontDesk = new Agent({
    name: 'Front Desk',
    instructions: 'You are the Front Desk of a shop.',
    tools: [findOrders, policy.asTool({ toolName: 'ask_policy', toolDescription: 'Asks.' })],
    handoffs: [refunds],
  })
  return { frontDesk, log }
}

const refundArgs = z.object({ order: z.string(), amount: z.number(), reason: z.string() })
type RefundArgs = z.infer<typeof refundArgs>

function done({ amount }: RefundArgs): string {
  return JSON.stringify({ status: 'refunded', amount, currency: 'EUR' })
}
