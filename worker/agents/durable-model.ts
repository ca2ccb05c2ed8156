import { setTimeout as pause } from 'node:timers/promises'
import {
  type AgentOutputItem,
  type Model,
  type ModelProvider,
  type ModelRequest,
  type StreamEvent,
  Usage,
} from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { providerFault } from './faults.ts'

type Done = Extract<StreamEvent, { type: 'response_done' }>
type Answer = Done['response']

const TRIES = 3
/** A pause longer than this is not worth a slot: the task goes back to the queue for it. */
const LONGEST_PAUSE_SECONDS = 10

/**
 * Makes every model call of a task durable: a journalled answer is returned instead of calling again; a new one is
 * journalled before the agents see it, so before any tool of its turn can start. Text goes to the stream as it comes.
 */
export function durableModels(context: TaskContext, models: ModelProvider): ModelProvider {
  let calls = 0
  const callIds = new Set<string>()
  return {
    getModel: async name => {
      const inner = await models.getModel(name)
      const stream = (request: ModelRequest) => {
        const key = `model::${calls}`
        calls += 1
        return answer(context, inner, request, { key, model: name ?? 'default', callIds })
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

/** @property callIds of all tool calls of this run so far. */
type Call = { key: string; model: string; callIds: Set<string> }

async function* answer(
  context: TaskContext,
  inner: Model,
  request: ModelRequest,
  call: Call,
): AsyncIterable<StreamEvent> {
  const found = context.journal.find(call.key)
  if (found) {
    const response = found.output as Answer
    makeCallIdsUnique(response, call)
    context.stream.recall(call.key, textOf(response))
    yield { type: 'response_started' }
    yield { type: 'response_done', response }
    return
  }
  for (let tries = 1; ; tries++) {
    // An earlier try, or an earlier attempt whose worker died, may have sent text that is now withdrawn.
    context.stream.reset(call.key)
    try {
      yield* ask(context, inner, request, call)
      return
    } catch (error) {
      if (context.signal.aborted) throw error
      const fault = providerFault(error)
      const seconds = fault.afterSeconds ?? 2 ** tries * (0.25 + Math.random() / 4)
      if (!fault.retry || tries === TRIES || seconds > LONGEST_PAUSE_SECONDS) throw fault
      context.telemetry.modelRetried(context.task, fault.code, seconds)
      await pause(seconds * 1000, undefined, { signal: context.signal })
    }
  }
}

async function* ask(context: TaskContext, inner: Model, request: ModelRequest, call: Call): AsyncIterable<StreamEvent> {
  const startedAt = performance.now()
  const patience = createPatience(context)
  let done = false
  try {
    for await (const event of inner.getStreamedResponse({ ...request, signal: patience.signal })) {
      patience.renew()
      if (event.type === 'output_text_delta') context.stream.text(call.key, event.delta)
      if (event.type === 'response_done') {
        if (event.response.output.length === 0) throw brokenOff()
        makeCallIdsUnique(event.response, call)
        await keep(context, call, event.response, (performance.now() - startedAt) / 1000)
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

function brokenOff(): TaskError {
  return new TaskError('malformed_output', 'The model broke off before its answer was complete.', { retry: true })
}

/** Some servers count their call ids anew in each answer; journal and SDK tell calls apart by them. */
function makeCallIdsUnique(response: Answer, { key, callIds }: Call): void {
  for (const [index, item] of response.output.entries()) {
    if (item.type !== 'function_call') continue
    if (callIds.has(item.callId)) item.callId = `${item.callId}-${key}-${index}`
    callIds.add(item.callId)
  }
}

/** The text first, then the journal: whoever finds the answer journalled finds its text sent. */
async function keep(context: TaskContext, call: Call, response: Answer, seconds: number): Promise<void> {
  await context.stream.flush()
  const { inputTokens, outputTokens, totalTokens } = response.usage
  await context.journal.record({
    key: call.key,
    kind: 'model',
    agent: context.agentAtWork,
    name: call.model,
    status: 'done',
    seconds,
    output: response as unknown as Json,
    usage: { requests: 1, inputTokens, outputTokens, totalTokens },
  })
  context.telemetry.modelCalled(context.task, call.model, seconds, totalTokens)
}

/** Ends a call from which nothing has come for the set time. */
function createPatience({ signal, modelTimeoutSeconds }: TaskContext) {
  const controller = new AbortController()
  const abort = () => controller.abort()
  let over = false
  const lose = () => {
    over = true
    abort()
  }
  let timer = setTimeout(lose, modelTimeoutSeconds * 1000)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    isOver: () => over,
    fault: () =>
      new TaskError('provider_timeout', `The model provider was silent for ${modelTimeoutSeconds} s.`, { retry: true }),
    renew: () => {
      clearTimeout(timer)
      timer = setTimeout(lose, modelTimeoutSeconds * 1000)
    },
    end: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    },
  }
}

function textOf(response: Answer): string {
  const texts = response.output.flatMap(item =>
    item.type === 'message' && item.role === 'assistant'
      ? item.content.map(part => (part.type === 'output_text' ? part.text : ''))
      : [],
  )
  return texts.join('')
}

function responseOf({ id, output, usage: { inputTokens, outputTokens, totalTokens } }: Answer) {
  const usage = new Usage({ requests: 1, inputTokens, outputTokens, totalTokens })
  return { responseId: id, output: output as AgentOutputItem[], usage }
}
