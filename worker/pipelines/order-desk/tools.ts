import type { FunctionTool } from '@openai/agents'
import { z } from 'zod'
import type { TaskContext } from '../../agents/context.ts'
import { governed } from '../../agents/tool-policy.ts'
import { userTool } from '../../agents/user-tool.ts'

/** Up to this much is refunded without asking anybody, in the order's currency. */
const FREE_AMOUNT = 20

/** Looks up orders of the task's enterprise. The SQL of these tools is in the migration `order_desk`. */
export function findOrders(): FunctionTool<TaskContext> {
  return userTool({
    name: 'find_orders',
    description: 'The orders of this shop, the newest first, with number, customer, item, amount and status.',
    parameters: z.object({
      status: z
        .enum(['paid', 'shipped', 'delivered', 'refunded'])
        .nullable()
        .describe('Only those in this state; null for all.'),
    }),
  })
}

export function searchPolicy(): FunctionTool<TaskContext> {
  return userTool({
    name: 'search_policy',
    description: 'Texts of the shop’s policy that have words of the query.',
    parameters: z.object({ query: z.string().describe('The case in a few words, such as "mug arrived broken".') }),
  })
}

/** Refunds; larger amounts wait for an admin of the enterprise, who may change the amount. */
export function refundOrder(): FunctionTool<TaskContext> {
  const tool = userTool({
    name: 'refund_order',
    description: 'Pays a customer back. May wait for a person to approve.',
    parameters: z.object({
      order: z.string().describe('The number of the order, such as 1001.'),
      amount: z.number().positive().describe('How much, in the currency of the order.'),
      reason: z.string().describe('Why, in a sentence.'),
    }),
    needsApproval: ({ amount }) => amount > FREE_AMOUNT,
  })
  return governed(tool, { approval: { by: 'admin', mayEdit: true, expiresHours: 72 } })
}
