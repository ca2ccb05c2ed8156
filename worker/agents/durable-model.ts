import { setTimeout as pause } from 'node:timers/promises'
import type { Model, ModelProvider, ModelRequest, StreamEvent } from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import { TaskError } from '../errors.ts'
import { admit, LONGEST_PAUSE_SECONDS } from './admission.ts'
import type { TaskContext } from './context.ts'
import { providerFault } from './faults.ts'
import { secondsSince } from './journal.ts'
import { type Answer, callsOf, isObject, responseOf, textOf, usageOf } from './model-answer.ts'
import { createPatience } from './patience.ts'
import { here, noteFailure, type Place } from './place.ts'
import { costOf } from './prices.ts'
import type { JournalledStep, StepRecord } from './store.ts'

const TRIES = 3
/** A rate limit passes if one waits long enough. */
const TRIES_WHEN_LIMITED = 5

/** What is to be known of the agents of a run. */
export type Cast = {
  /** By the name of the tool, the agent that it hands over to. */
  handoffs: ReadonlyMap<string, string>
  /** Tools whose calls may need a person's consent. */
  askers: ReadonlySet<string>
}

/**
 * Makes every model call of a task durable: a journalled answer is returned instead of calling again; a new one is
 * journalled before the agents see it, so before any tool of its turn can start. Text goes to the stream as it comes.
 */
export function durableModels(context: TaskContext, cast: Cast): ModelProvider {
  return {
    getModel: async name => {
      const inner = await context.models.getModel(name)
      const stream = (request: ModelRequest) => {
        const call = nextCall(context, name ?? context.model.name, cast)
        return noted(call, answer(context, inner, request, call))
      }
      return {
        getStreamedResponse: stream,
        getResponse: async request => {
          for await (const event of stream(request)) {
            if (event.type === 'response_done') return responseOf(event.response)
          }
          throw brokenOff()
        },
      }
    },
  }
}

type Call = { key: string; model: string; agent: string; cast: Cast; place: Place }

function nextCall({ agents }: TaskContext, model: string, cast: Cast): Call {
  const place = here()
  const { run, scope } = place
  const n = run.calls.get(scope) ?? 0
  run.calls.set(scope, n + 1)
  return { key: `model:${scope}:${n}`, model, agent: agents.get(scope) ?? '', cast, place }
}

/** Remembers what went wrong: of an error in a nested agent the SDK makes the text of a tool. */
async function* noted({ place }: Call, events: AsyncIterable<StreamEvent>): AsyncIterable<StreamEvent> {
  try {
    yield* events
  } catch (error) {
    noteFailure(place, error)
    throw error
  }
}

async function* answer(
  context: TaskContext,
  inner: Model,
  request: ModelRequest,
  call: Call,
): AsyncIterable<StreamEvent> {
  const found = context.journal.find(call.key)
  if (found) {
    yield* replay(context, found, request, call)
    return
  }
  for (let tries = 1; ; tries++) {
    // An earlier try, or an earlier attempt whose worker died, may have sent text that is now withdrawn.
    context.stream.reset(call.key)
    try {
      const reserved = await admit(context, request, call.model)
      yield* ask(context, inner, request, call, reserved)
      return
    } catch (error) {
      // Of the task, or of an agent whose time is over.
      if (context.signal.aborted || request.signal?.aborted) throw error
      const fault = providerFault(error)
      const seconds = fault.afterSeconds ?? 2 ** tries * (0.25 + Math.random() / 4)
      const most = fault.code === 'rate_limited' ? TRIES_WHEN_LIMITED : TRIES
      if (!fault.retry || tries === most || seconds > LONGEST_PAUSE_SECONDS) throw fault
      await tellRetry(context, call, { code: fault.code, seconds, tries })
      await pause(seconds * 1000, undefined, { signal: context.signal })
    }
  }
}

function* replay(
  context: TaskContext,
  found: JournalledStep,
  request: ModelRequest,
  call: Call,
): Iterable<StreamEvent> {
  refuseChanges(found, request, call)
  const response = found.output as unknown as Answer
  makeCallIdsUnique(response, call)
  if (isText(request)) context.stream.recall(call.key, textOf(response))
  const handoff = handoffIn(response, call)
  if (handoff) context.stream.step(handoff)
  yield { type: 'response_started' }
  yield { type: 'response_done', response }
}

/** What was journalled by other code is not ours to go on from: its answers belong to questions that are no longer asked. */
function refuseChanges(found: JournalledStep, request: ModelRequest, call: Call): void {
  const now = new Set(offered(request))
  const then = new Set((found.input as { tools?: string[] } | null)?.tools ?? [])
  const gone = callsOf(found.output as unknown as Answer).find(({ name }) => then.has(name) && !now.has(name))
  if (found.agent === call.agent && !gone) return
  const what = gone ? `the tool "${gone.name}" is gone` : `"${call.agent}" stands where "${found.agent}" was`
  throw new TaskError(
    'agents_changed',
    `The agents were changed while this task was under way: ${what}. Retry the task.`,
  )
}

function offered({ tools, handoffs }: ModelRequest): string[] {
  return [...tools.map(({ name }) => name), ...handoffs.map(({ toolName }) => toolName)]
}

async function tellRetry(
  { journal, stream, telemetry, task }: TaskContext,
  { key, agent, model }: Call,
  { code, seconds, tries }: { code: string; seconds: number; tries: number },
): Promise<void> {
  const output = { code, seconds: Number(seconds.toFixed(2)) }
  const step = { kind: 'retry', agent, name: model, status: 'done', output } as const
  await journal.record({ key: `retry:${key}:${task.attempt}:${tries}`, ...step })
  stream.retry(key, code, output.seconds)
  telemetry.modelRetried(task, code, seconds)
}

async function* ask(
  context: TaskContext,
  inner: Model,
  request: ModelRequest,
  call: Call,
  reserved: number,
): AsyncIterable<StreamEvent> {
  const startedAt = performance.now()
  const patience = createPatience(context.signal, request.signal, context.model.timeoutSeconds)
  let done = false
  try {
    for await (const event of inner.getStreamedResponse({ ...request, signal: patience.signal })) {
      patience.renew()
      // Text that is JSON for a program is nothing to read.
      if (event.type === 'output_text_delta' && isText(request)) context.stream.text(call.key, event.delta)
      if (event.type === 'response_done') {
        if (event.response.output.length === 0) throw brokenOff()
        refuseUnreadable(event.response, call)
        makeCallIdsUnique(event.response, call)
        await keep(context, request, call, event.response, { seconds: secondsSince(startedAt), reserved })
        done = true
      }
      yield event
    }
    // An aborted stream ends without an error, and so does one whose server hangs up politely.
    if (!done) throw brokenOff()
  } catch (error) {
    throw patience.isOver() ? patience.fault() : error
  } finally {
    patience.end()
  }
}

/** Nobody could consent to arguments that cannot be read; those of other tools the agent is told of. */
function refuseUnreadable(response: Answer, { cast: { askers } }: Call): void {
  for (const { name, arguments: given } of callsOf(response)) {
    if (askers.has(name) && !isObject(given)) {
      const message = `The model called "${name}" with arguments that cannot be read.`
      throw new TaskError('malformed_output', message, { retry: true })
    }
  }
}

function isText({ outputType }: ModelRequest): boolean {
  return outputType === 'text' || (outputType as { type?: string }).type === 'text'
}

function brokenOff(): TaskError {
  return new TaskError('malformed_output', 'The model broke off before its answer was complete.', { retry: true })
}

/** Some servers count their call ids anew in each answer; journal and SDK tell calls apart by them. */
function makeCallIdsUnique(response: Answer, { key, place: { run, scope } }: Call): void {
  for (const [index, item] of callsOf(response).entries()) {
    if (run.callIds.has(`${scope}/${item.callId}`)) item.callId = `${item.callId}-${key}-${index}`
    run.callIds.add(`${scope}/${item.callId}`)
  }
}

/** The text first, then the journal: whoever finds the answer journalled finds its text sent. */
async function keep(
  context: TaskContext,
  request: ModelRequest,
  call: Call,
  response: Answer,
  { seconds, reserved }: { seconds: number; reserved: number },
): Promise<void> {
  await context.stream.flush()
  const usage = usageOf(response)
  const cost = costOf(call.model, usage, context.model.prices)
  const { key, model: name, agent } = call
  const step = { key, kind: 'model', agent, name, status: 'done', seconds, usage, cost } as const
  const handoff = handoffIn(response, call)
  await context.journal.record(
    { ...step, input: { tools: offered(request) }, output: response as unknown as Json, reserved },
    ...(handoff ? [handoff] : []),
  )
  context.stream.step(step)
  if (handoff) context.stream.step(handoff)
  context.telemetry.modelCalled(context.task, { model: name, agent, seconds, usage, cost })
  noteUnoffered(context, request, response, agent)
}

/** The SDK tells the agent that there is no such tool. Models invent names, which are no labels to keep. */
function noteUnoffered(context: TaskContext, request: ModelRequest, response: Answer, agent: string): void {
  const known = new Set(offered(request))
  for (const { name } of callsOf(response)) {
    if (known.has(name)) continue
    context.telemetry.toolRefused(context.task, { tool: 'unknown', agent, reason: 'not_offered' })
  }
}

/** The SDK follows the first handoff of an answer, and drops others. */
function handoffIn(
  response: Answer,
  { agent, cast: { handoffs }, place: { scope } }: Call,
): (StepRecord & { kind: 'handoff' }) | undefined {
  const call = callsOf(response).find(({ name }) => handoffs.has(name))
  if (!call) return undefined
  const name = handoffs.get(call.name) ?? ''
  return { key: `handoff:${scope}/${call.callId}`, kind: 'handoff', agent, name, status: 'done' }
}
