import { type FunctionTool, invokeFunctionTool, type RunContext } from '@openai/agents'
import { prepareFunctionToolInput } from '@openai/agents-core/utils/internal'
import { z } from 'zod'
import type { Json } from '../../shared/database.types.ts'
import { TaskError } from '../errors.ts'
import type { ToolRefusal } from '../telemetry.ts'
import { agentBehind, type Nested } from './agent-tool.ts'
import { consentFor, mayNeedConsent, mustAsk } from './consent.ts'
import type { TaskContext } from './context.ts'
import { makeToolGuardrailsDurable } from './guardrails.ts'
import { secondsSince } from './journal.ts'
import { at, giveUp, here, isWithin, noteFailure, type Place } from './place.ts'
import { hasFailed } from './tool-outcome.ts'
import { policyOf } from './tool-policy.ts'
import { isUserTool, refusalBy, shownBy } from './user-tool.ts'

type Tool = FunctionTool<TaskContext>
type Details = NonNullable<Parameters<Tool['invoke']>[2]>
type Invocation = { runContext: RunContext<TaskContext>; input: string; details: Details | undefined }
type Call = { key: string; kind: 'tool'; agent: string; name: string; input: Json }

const TOOL_TIMEOUT_MS = 60_000
const durable = new WeakMap<object, Promise<void>>()

/**
 * Makes a function tool durable: a call that is journalled as done returns its stored output and does not run again; one
 * that needs a person's consent waits for it. The tool is changed in place, once, because the SDK tells tools apart by
 * identity; whose call it is it hears anew each time, so agents and tasks may share it.
 */
export function makeToolDurable(tool: Tool): Promise<void> {
  const made = durable.get(tool) ?? makeDurable(tool)
  durable.set(tool, made)
  return made
}

async function makeDurable(tool: Tool): Promise<void> {
  // The time limit counts inside the journalled call: else a replay could return what the model never saw.
  const original = { ...tool, timeoutMs: tool.timeoutMs ?? TOOL_TIMEOUT_MS }
  const nested = agentBehind(tool)
  delete tool.timeoutMs
  makeToolGuardrailsDurable(tool)

  if (await mayNeedConsent(tool)) {
    tool.needsApproval = async (runContext, input, callId) => {
      const read = prepareFunctionToolInput(original, JSON.stringify(input))?.result
      // Nobody need decide on arguments with which the tool will not run: the agent is told.
      if (read && !read.success) return false
      const wants = () => original.needsApproval(runContext, read ? read.value : input, callId)
      const context = runContext.context as TaskContext
      return mustAsk(context, tool, { key: keyOf(callId), agent: agentHere(context), input: input as Json, wants })
    }
  }

  tool.invoke = (runContext, given, details) => noted(() => invoke(runContext, given, details))

  const invoke: Tool['invoke'] = async (runContext, given, details) => {
    const { context } = runContext
    const key = keyOf(details?.toolCall?.callId)
    const consent = consentFor(context, key, given)
    const agent = agentHere(context)
    const call: Call = { key, kind: 'tool', agent, name: tool.name, input: parsed(consent.input) }
    // Of a tool of SQL the journal has what SQL wrote, so the note is added to that.
    const tell = (output: Json) => (isUserTool(tool) ? textOf(consent.note(shownBy(tool, output))) : output)
    const found = context.journal.find(key)
    if (found?.status === 'done') return tell(end(context, call, found.output))
    if (consent.refusal) return refuse(context, call, consent.refusal.words, consent.refusal.reason)
    if (found && !nested && policyOf(tool).inFlight === 'fail') return finish(context, call, UNKNOWN_OUTCOME, 0)

    const startedAt = performance.now()
    const invocation = { runContext, input: consent.input, details }
    context.stream.step({ ...call, status: 'started' })
    if (isUserTool(tool)) {
      const read = readInput(original, consent.input)
      const refusal = 'refusal' in read ? read.refusal : refusalBy(tool, read.input)
      if (refusal !== undefined) return tell(await refuse(context, call, { error: refusal }, 'input'))
      return tell(await runInDatabase(context, { ...call, ...read }, startedAt))
    }
    if (!found) await context.journal.record({ ...call, status: 'started' })
    if (consent.repetition) await noteRepetition(context, call, consent.repetition)
    if (nested) return consult(context, original, nested, call, invocation)
    const output = (await invokeFunctionTool({ tool: original, ...present(invocation) })) as Json
    // What a call brings that was told to stop may be an error text that comes of that alone.
    context.signal.throwIfAborted()
    details?.signal?.throwIfAborted()
    return finish(context, call, consent.note(output), secondsSince(startedAt))
  }
}

/** The input of a tool of SQL as its schema reads it, or why it is none, for the agent to mend. */
function readInput(tool: Tool, given: string): { input: Json } | { refusal: string } {
  let read: ReturnType<typeof prepareFunctionToolInput>
  try {
    read = prepareFunctionToolInput(tool, given)
  } catch {
    return { refusal: 'The arguments are no JSON.' }
  }
  if (read?.result.success) return { input: read.result.value as Json }
  return { refusal: wordsOf(read?.result.success === false ? read.result.error : undefined) }
}

function wordsOf(error: unknown): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : 'The arguments do not fit the parameters.'
}

const UNKNOWN_OUTCOME =
  'It is not known whether this call had its effect: the worker stopped while it ran. Look before you call it again.'

function keyOf(callId: string | undefined): string {
  return `tool:${here().scope}/${callId}`
}

function agentHere({ agents }: TaskContext): string {
  return agents.get(here().scope) ?? ''
}

/** Remembers what a call failed of beyond its own errors, which are text for the agent: the same of a nested agent's. */
async function noted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    noteFailure(here(), error)
    throw error
  }
}

/** A consent to run it again holds for once. */
async function noteRepetition({ journal }: TaskContext, { agent, name }: Call, key: string): Promise<void> {
  await journal.record({ key, kind: 'step', agent, name, status: 'done', output: null })
}

/** What the model gets is what is journalled. */
async function finish(context: TaskContext, call: Call, output: Json, seconds: number): Promise<Json> {
  await context.journal.record({ ...call, status: 'done', output, seconds })
  context.telemetry.toolCalled(context.task, { tool: call.name, agent: call.agent, seconds, failed: hasFailed(output) })
  return end(context, call, output, seconds)
}

async function refuse(context: TaskContext, call: Call, output: Json, reason: ToolRefusal): Promise<Json> {
  const told = await finish(context, call, output, 0)
  context.telemetry.toolRefused(context.task, { tool: call.name, agent: call.agent, reason })
  return told
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
  context.telemetry.toolCalled(context.task, { tool: name, agent, seconds, failed: hasFailed(output) })
  return end(context, call, output, seconds)
}

/**
 * Runs an agent that is used as a tool, in a scope of its own. Its answer is journalled unless something in there waits
 * for a person: then there is none yet, though the SDK gives an empty one. What a guardrail withholds, readers lose again.
 */
async function consult(
  context: TaskContext,
  original: Tool,
  { timeoutSeconds, writeBrief }: Nested,
  call: Call,
  invocation: Invocation,
): Promise<Json> {
  const { run, scope } = here()
  const startedAt = performance.now()
  let place: Place = { run, scope: `${scope}/${invocation.details?.toolCall?.callId}` }
  if (writeBrief) {
    const written = await at(place, () => briefFrom(context, original, writeBrief, invocation.input))
    if ('refusal' in written) return refuse(context, call, written.refusal, 'input')
    place = { ...place, brief: written }
  }
  const timeoutErrorFunction = () => {
    giveUp(place)
    return `No answer came within ${timeoutSeconds} s.`
  }
  const tool = { ...original, timeoutMs: timeoutSeconds * 1000, timeoutErrorFunction }
  const output = (await at(place, () => invokeFunctionTool({ tool, ...present(invocation) }))) as Json
  context.signal.throwIfAborted()
  invocation.details?.signal?.throwIfAborted()
  const seconds = secondsSince(startedAt)
  if (run.givenUp.has(place.scope)) return finish(context, call, output, seconds)
  const failed = [...run.failures].find(([where]) => isWithin(where, place.scope))
  if (failed) throw failed[1]
  const objection = run.objections.get(place.scope)
  if (objection !== undefined) {
    context.stream.withdraw(place.scope)
    return finish(context, call, objection, seconds)
  }
  if ([...run.parked].some(where => isWithin(where, place.scope))) return output
  return finish(context, call, output, seconds)
}

/** What a nested agent is asked, or why it cannot be, for the agent that asks to mend. */
async function briefFrom(
  context: TaskContext,
  original: Tool,
  write: NonNullable<Nested['writeBrief']>,
  given: string,
): Promise<{ input: Json; text: string } | { refusal: string }> {
  const read = readInput(original, given)
  if ('refusal' in read) return read
  try {
    return { ...read, text: await write(context, read.input) }
  } catch (error) {
    if (error instanceof TaskError && error.code === 'tool_refused') return { refusal: error.message }
    throw error
  }
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
