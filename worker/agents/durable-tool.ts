import { type Agent, type FunctionTool, invokeFunctionTool, type RunContext } from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import { agentBehind, type Nested } from './agent-tool.ts'
import { consentFor, mayNeedConsent, mustAsk } from './consent.ts'
import type { TaskContext } from './context.ts'
import { secondsSince } from './journal.ts'
import { at, here, isWithin } from './place.ts'
import { policyOf } from './tool-policy.ts'
import { isUserTool } from './user-tool.ts'

type Tool = FunctionTool<TaskContext>
type Details = NonNullable<Parameters<Tool['invoke']>[2]>
type Invocation = { runContext: RunContext<TaskContext>; input: string; details: Details | undefined }
type Call = { key: string; kind: 'tool'; agent: string; name: string; input: Json }

const TOOL_TIMEOUT_MS = 60_000

/**
 * Makes a function tool durable: a call that is journalled as done returns its stored output and does not run again; one
 * that needs a person's consent waits for it. Agents are built for one task, so the tool is changed in place; the SDK
 * tells tools apart by identity.
 */
export async function makeToolDurable(context: TaskContext, agent: Agent<TaskContext>, tool: Tool): Promise<void> {
  // The time limit counts inside the journalled call: else a replay could return what the model never saw.
  const original = { ...tool, timeoutMs: tool.timeoutMs ?? TOOL_TIMEOUT_MS }
  const nested = agentBehind(tool)
  delete tool.timeoutMs

  if (await mayNeedConsent(tool)) {
    tool.needsApproval = async (runContext, input, callId) => {
      const wants = () => original.needsApproval(runContext, input, callId)
      return mustAsk(context, tool, { key: keyOf(callId), agent: agent.name, input: input as Json, wants })
    }
  }

  tool.invoke = (runContext, given, details) => noted(() => invoke(runContext, given, details))

  const invoke: Tool['invoke'] = async (runContext, given, details) => {
    const key = keyOf(details?.toolCall?.callId)
    const consent = consentFor(context, key, given)
    const call: Call = { key, kind: 'tool', agent: agent.name, name: tool.name, input: parsed(consent.input) }
    const found = context.journal.find(key)
    if (found?.status === 'done') {
      const output = end(context, call, found.output)
      return isUserTool(tool) ? textOf(consent.note(output)) : output
    }
    if (consent.refusal !== undefined) return finish(context, call, consent.refusal, 0)
    if (found && !nested && !consent.mayRepeat && policyOf(tool).inFlight === 'fail') {
      return finish(context, call, UNKNOWN_OUTCOME, 0)
    }

    const startedAt = performance.now()
    const invocation = { runContext, input: consent.input, details }
    context.stream.step({ ...call, status: 'started' })
    if (isUserTool(tool)) return textOf(consent.note(await runInDatabase(context, call, startedAt)))
    if (!found) await context.journal.record({ ...call, status: 'started' })
    if (nested) return consult(context, original, nested, call, invocation)
    const output = consent.note((await invokeFunctionTool({ tool: original, ...present(invocation) })) as Json)
    context.signal.throwIfAborted()
    return finish(context, call, output, secondsSince(startedAt))
  }
}

const UNKNOWN_OUTCOME =
  'It is not known whether this call had its effect: the worker stopped while it ran. Look before you call it again.'

function keyOf(callId: string | undefined): string {
  return `tool:${here().scope}/${callId}`
}

/** Remembers what a call failed of beyond its own errors, which are text for the agent: the same of a nested agent's. */
async function noted<T>(work: () => Promise<T>): Promise<T> {
  const { run, scope } = here()
  try {
    return await work()
  } catch (error) {
    run.failures.set(scope, error)
    throw error
  }
}

/** What the model gets is what is journalled. */
async function finish(context: TaskContext, call: Call, output: Json, seconds: number): Promise<Json> {
  await context.journal.record({ ...call, status: 'done', output, seconds })
  context.telemetry.toolCalled(context.task, { tool: call.name, agent: call.agent, seconds })
  return end(context, call, output, seconds)
}

function end(context: TaskContext, call: Call, output: Json, seconds?: number): Json {
  context.stream.step({ ...call, status: 'done', output, ...(seconds !== undefined && { seconds }) })
  return output
}

/** Its step is written where its work is done. */
async function runInDatabase(context: TaskContext, call: Call, startedAt: number): Promise<Json> {
  const { key, agent, name, input } = call
  const output = await context.store.runTool({ key, agent, name, input })
  const seconds = secondsSince(startedAt)
  context.telemetry.toolCalled(context.task, { tool: name, agent, seconds })
  return end(context, call, output, seconds)
}

/**
 * Runs an agent that is used as a tool, in a scope of its own. Its answer is journalled unless something in there waits
 * for a person: then there is none yet, though the SDK gives an empty one.
 */
async function consult(
  context: TaskContext,
  original: Tool,
  { timeoutSeconds }: Nested,
  call: Call,
  invocation: Invocation,
): Promise<Json> {
  const { run, scope } = here()
  const inner = `${scope}/${invocation.details?.toolCall?.callId}`
  const startedAt = performance.now()
  const tool = { ...original, timeoutMs: timeoutSeconds * 1000 }
  const output = (await at({ run, scope: inner }, () => invokeFunctionTool({ tool, ...present(invocation) }))) as Json
  context.signal.throwIfAborted()
  const seconds = secondsSince(startedAt)
  const failed = [...run.failures].find(([where]) => isWithin(where, inner))
  if (failed && seconds < timeoutSeconds) throw failed[1]
  // It was given up, with whatever went on in there.
  for (const where of run.failures.keys()) if (isWithin(where, inner)) run.failures.delete(where)
  if ([...run.parked].some(where => isWithin(where, inner))) return output
  return finish(context, call, output, seconds)
}

function present({ details, ...invocation }: Invocation) {
  return { ...invocation, ...(details && { details }) }
}

function textOf(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}

/** The arguments as the model wrote them, as JSON where they are JSON. */
function parsed(input: string): Json {
  try {
    return JSON.parse(input) as Json
  } catch {
    return input
  }
}
