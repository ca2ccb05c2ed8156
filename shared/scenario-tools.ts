import { z } from 'zod'

/**
 * What the tools of scenarios take; the table `scenario_tools` holds the same as JSON Schema. None takes a user: whose data
 * it is about, the task says. All keys are there and may be null, which is what models with strict schemas can give.
 */
export const scenarioToolInputs = {
  find_orders: z.object({
    status: z
      .enum(['paid', 'shipped', 'delivered', 'refunded'])
      .nullable()
      .describe('Only those in this state; null for all.'),
  }),
  search_policy: z.object({ query: z.string().describe('The case in a few words, such as "mug arrived broken".') }),
  refund_order: z.object({
    order: z.string().describe('The number of the order, such as 1001.'),
    amount: z.number().positive().describe('How much, in the currency of the order.'),
    reason: z.string().describe('Why, in a sentence.'),
  }),
  find_slots: z.object({
    kind: z
      .enum(['checkup', 'consultation', 'vaccination', 'physiotherapy'])
      .nullable()
      .describe('Only appointments of this kind; null for all.'),
    from_day: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .nullable()
      .describe('The first day to look at, as YYYY-MM-DD; null for today.'),
  }),
  book_slot: z.object({
    slot: z.guid().describe('The id of a free appointment, from find_slots.'),
    reason: z.string().max(500).describe('What it is about, in the words of the user.'),
  }),
  list_bookings: z.object({}),
  cancel_slot: z.object({
    slot: z.guid().describe('The id of the appointment, from list_bookings.'),
    startsAt: z
      .string()
      .max(40)
      .describe('When it is, as list_bookings tells it: whoever is asked for consent reads this and no id.'),
    with: z.string().max(100).describe('With whom it is, as list_bookings tells it.'),
  }),
  fetch_project_context: z.object({
    project: z
      .string()
      .max(200)
      .nullable()
      .describe('A word or name that drafts and requests must have; null for all.'),
  }),
  list_drafts: z.object({}),
  read_draft: z.object({ draft: z.guid().describe('The id of a draft, from list_drafts.') }),
  store_draft_content: z.object({
    title: z.string().min(1).max(200),
    kind: z.enum(['outline', 'section', 'message', 'note']),
    content: z.string().min(1).max(20_000).describe('The whole text, in Markdown.'),
    draft: z.guid().nullable().describe('The id of the draft that this replaces; null for a new one.'),
  }),
  escalate_to_human: z.object({
    reason: z.string().min(1).max(500).describe('What the person who takes over must know, in a sentence or two.'),
  }),
} as const

/** The name of a tool that agents of scenarios may have. */
export type ScenarioTool = keyof typeof scenarioToolInputs

/** Tells whether there is such a tool. */
export function isScenarioTool(name: string): name is ScenarioTool {
  return Object.hasOwn(scenarioToolInputs, name)
}
