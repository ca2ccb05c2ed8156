import type { FunctionTool, ToolInputGuardrailDefinition } from '@openai/agents'
import { type PrivateThing, withoutPrivateIn } from '../../../shared/privacy.ts'
import { type ScenarioTool, scenarioToolInputs } from '../../../shared/scenario-tools.ts'
import type { TaskContext } from '../../agents/context.ts'
import { governed } from '../../agents/tool-policy.ts'
import { userTool } from '../../agents/user-tool.ts'
import { findOrders, refundOrder, searchPolicy } from '../order-desk/tools.ts'

/** How a scenario wants its tools. */
export type Terms = {
  /** What is taken out of what an agent is told of its user's work. */
  remove: readonly PrivateThing[]
  /** Look through what an agent writes for people to read. */
  guardrails: ToolInputGuardrailDefinition<TaskContext>[]
}

const inputs = scenarioToolInputs

/**
 * Every tool that agents of scenarios may have. All are tools of SQL, which act with the rights of the task's user; the
 * table `scenario_tools` describes the same.
 */
export const scenarioTools: Record<ScenarioTool, (terms: Terms) => FunctionTool<TaskContext>> = {
  find_orders: findOrders,
  search_policy: searchPolicy,
  refund_order: refundOrder,
  find_slots: () =>
    userTool({
      name: 'find_slots',
      description: 'The next ten free appointments, with id, kind, clinician and time.',
      parameters: inputs.find_slots,
    }),
  book_slot: () =>
    userTool({
      name: 'book_slot',
      description: 'Books a free appointment for the user. Call it only when the user has agreed to this very one.',
      parameters: inputs.book_slot,
    }),
  list_bookings: () =>
    userTool({
      name: 'list_bookings',
      description: 'The user’s own appointments to come, with id, kind, clinician and time.',
      parameters: inputs.list_bookings,
    }),
  cancel_slot: () =>
    governed(
      userTool({
        name: 'cancel_slot',
        description: 'Gives an appointment of the user back. Waits for the user to consent.',
        parameters: inputs.cancel_slot,
        needsApproval: () => true,
      }),
      { approval: { by: 'owner', expiresHours: 72 } },
    ),
  fetch_project_context: ({ remove }) =>
    userTool({
      name: 'fetch_project_context',
      description:
        'What the user has on the project: records of the page, drafts, latest requests and open todos, in short.',
      parameters: inputs.fetch_project_context,
      show: output => withoutPrivateIn(output, remove),
    }),
  list_drafts: () =>
    userTool({
      name: 'list_drafts',
      description: 'The user’s latest drafts with their beginnings.',
      parameters: inputs.list_drafts,
    }),
  read_draft: () =>
    userTool({
      name: 'read_draft',
      description: 'The whole text of one of the user’s drafts.',
      parameters: inputs.read_draft,
    }),
  store_draft_content: ({ guardrails }) =>
    userTool({
      name: 'store_draft_content',
      description: 'Stores a text as a new draft of the user, or replaces an older one that is not final.',
      parameters: inputs.store_draft_content,
      inputGuardrails: guardrails,
    }),
  escalate_to_human: ({ guardrails }) =>
    userTool({
      name: 'escalate_to_human',
      description: 'Asks a person to take over the conversation. Until that person gives it back, no agent answers.',
      parameters: inputs.escalate_to_human,
      inputGuardrails: guardrails,
    }),
}
