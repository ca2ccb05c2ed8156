import { type FunctionTool, RunContext } from '@openai/agents'
import { hasDynamicFunctionToolApprovalPolicy } from '@openai/agents-core/utils/internal'
import type { Json } from '../../shared/database.types.ts'
import type { TaskContext } from './context.ts'
import type { Journal } from './journal.ts'
import { here } from './place.ts'
import { policyOf, termsOf } from './tool-policy.ts'

/** What persons have said to a tool call. */
export type Consent = {
  /** The arguments, as whoever approved may have changed them. */
  input: string
  /** Why it must not run, and the same in words for the agent. */
  refusal: { reason: 'rejected' | 'expired'; words: string } | undefined
  /** Where a person wants it to run again, though an earlier try may have had its effect: the key of that question. */
  repetition: string | undefined
  /** Adds to an output what the agent must know of the decision. */
  note: (output: Json) => Json
}

/**
 * Tells whether calls of a tool may ever need consent. Those of others keep the SDK's own answer, because it treats a
 * tool differently as soon as that may vary.
 */
export async function mayNeedConsent(tool: FunctionTool<TaskContext>): Promise<boolean> {
  if (policyOf(tool).inFlight === 'ask' || hasDynamicFunctionToolApprovalPolicy(tool)) return true
  return tool.needsApproval(new RunContext({} as TaskContext), '')
}

/**
 * Tells whether a call has to wait for a person, and if so asks. The question is a row that outlives this worker; the run
 * is interrupted, and a later attempt comes by here again.
 */
export async function mustAsk(
  { journal, approvals, store, stream }: TaskContext,
  tool: FunctionTool<TaskContext>,
  call: { key: string; agent: string; input: Json; wants: () => Promise<boolean> },
): Promise<boolean> {
  const { key, agent, input } = call
  const step = journal.find(key)
  if (step?.status === 'done') return false
  const isInFlight = step?.status === 'started' && policyOf(tool).inFlight === 'ask'
  const question = isInFlight ? againKey(journal, key) : key
  const known = approvals.get(question)
  if (known && known.status !== 'open') return false
  if (!known) {
    if (!isInFlight && !(await call.wants())) return false
    await store.ask([{ key: question, agent, tool_name: tool.name, arguments: input, ...termsOf(tool) }])
    approvals.set(question, { key: question, status: 'open', reason: null, edited_arguments: null })
  }
  const { run, scope } = here()
  run.parked.add(scope)
  stream.asked(question)
  return true
}

/** What has been decided on a call; one that needed no consent has it. */
export function consentFor({ approvals, journal }: TaskContext, key: string, given: string): Consent {
  const first = approvals.get(key)
  const question = againKey(journal, key)
  const again = approvals.get(question)
  const refusal =
    refusalOf(again, 'A person decided not to run it again; whether the first try had its effect is not known.') ??
    refusalOf(first, 'A person rejected this call.')
  const edited = refusal === undefined ? (again?.edited_arguments ?? first?.edited_arguments ?? null) : null
  return {
    input: edited === null ? given : JSON.stringify(edited),
    refusal,
    repetition: again?.status === 'approved' ? question : undefined,
    note: output => (edited === null ? output : noted(output, edited)),
  }
}

function noted(output: Json, edited: Json): Json {
  const note = `The person who approved this call changed its arguments to ${JSON.stringify(edited)}.`
  if (typeof output === 'object' && output !== null && !Array.isArray(output)) return { ...output, note }
  return `${note}\n${typeof output === 'string' ? output : JSON.stringify(output)}`
}

/** Of the question whether to run a call again. Each repetition that has begun takes one, so the next is asked about anew. */
function againKey(journal: Journal, key: string): string {
  let question = `again:${key}`
  while (journal.find(question)) question = `again:${question}`
  return question
}

function refusalOf(approval: { status: string; reason: string | null } | undefined, words: string): Consent['refusal'] {
  if (approval?.status === 'rejected') {
    return { reason: 'rejected', words: approval.reason ? `${words} Reason: ${approval.reason}` : words }
  }
  if (approval?.status !== 'expired') return undefined
  return { reason: 'expired', words: 'Nobody decided on this call in time, so it was not run.' }
}
