import type { Tool } from '@openai/agents'
import type { TaskContext } from './context.ts'
import type { Question } from './store.ts'

/** How a tool is governed beyond what the SDK knows. */
export type ToolPolicy = {
  /**
   * What becomes of a call that was under way when its worker died: run it again (then the tool takes
   * `details.toolCall.callId` as its idempotency key), tell the agent that its outcome is unknown, or ask a person
   * whether to run it again.
   */
  inFlight?: 'rerun' | 'fail' | 'ask'
  /** Who decides, where the tool's `needsApproval` asks for it. The task's own user, unless said otherwise. */
  approval?: {
    by?: 'owner' | 'member' | 'admin'
    /** How many different people have to approve. */
    quorum?: number
    /** Never the task's own user. */
    notAsker?: boolean
    /** Those who decide may change the arguments. */
    mayEdit?: boolean
    expiresHours?: number
  }
}

const policies = new WeakMap<object, ToolPolicy>()

/** Gives a tool its policy. */
export function governed<T extends Tool<TaskContext>>(tool: T, policy: ToolPolicy): T {
  policies.set(tool, policy)
  return tool
}

/** The policy of a tool; empty if it has none of its own. */
export function policyOf(tool: object): ToolPolicy {
  return policies.get(tool) ?? {}
}

/** The policy's part of a question, as SQL takes it. */
export function termsOf(tool: object): Partial<Question> {
  const { by, quorum, notAsker, mayEdit, expiresHours } = policyOf(tool).approval ?? {}
  return {
    ...(by && { decider: by }),
    ...(quorum !== undefined && { quorum }),
    ...(notAsker !== undefined && { not_asker: notAsker }),
    ...(mayEdit !== undefined && { may_edit: mayEdit }),
    ...(expiresHours !== undefined && { expires_seconds: expiresHours * 3600 }),
  }
}
