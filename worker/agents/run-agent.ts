import {
  type Agent,
  type AgentInputItem,
  type AgentOutputType,
  getHandoff,
  OutputGuardrailTripwireTriggered,
  Runner,
  type RunStreamEvent,
} from '@openai/agents'
import type { z } from 'zod'
import { TaskError } from '../errors.ts'
import { agentBehind } from './agent-tool.ts'
import { mayNeedConsent } from './consent.ts'
import type { TaskContext } from './context.ts'
import { type Cast, durableModels } from './durable-model.ts'
import { makeToolDurable } from './durable-tool.ts'
import { agentFault } from './faults.ts'
import { makeGuardrailsDurable } from './guardrails.ts'
import { Parked } from './parked.ts'
import { at, here, newRun, type Run } from './place.ts'
import { openTurn, summaryAgent } from './session.ts'

const MAX_TURNS = 20

/** What an agent answers: text, or what its `outputType` says. */
type Answer<TOutput extends AgentOutputType> = TOutput extends z.ZodType
  ? z.output<TOutput>
  : TOutput extends 'text'
    ? string
    : unknown

type Options = {
  /** Tells several runs of one task apart, also in the journal: the same in each attempt. The main run has none. */
  name?: string
  maxTurns?: number
  /** How long each agent of the run may take for its part. */
  agentTimeoutSeconds?: number
  /** It is a turn of the task's session, if there is one: history goes before the input, and the answer joins it. */
  isTurn?: boolean
  /** What is to be known for this run alone: it goes right before the input, and no session keeps it. */
  aside?: AgentInputItem[]
}

/**
 * Runs an agent, and whom it hands over to, until there is a final output.
 *
 * @throws Parked when a person has to decide first; TaskError when provider or agents fail; anything else when the attempt
 * was told to stop.
 */
export function runAgent<TOutput extends AgentOutputType>(
  context: TaskContext,
  agent: Agent<TaskContext, TOutput>,
  input: string | AgentInputItem[],
  options: Options = {},
): Promise<Answer<TOutput>> {
  const { name = '' } = options
  if (context.runs.has(name)) throw new Error(`Two runs of a task are named "${name}": give each a name of its own.`)
  const run = newRun(name)
  const work = at({ run, scope: name }, () => perform(context, run, agent, input, options))
  context.runs.set(name, work)
  return work
}

async function perform<TOutput extends AgentOutputType>(
  context: TaskContext,
  run: Run,
  agent: Agent<TaskContext, TOutput>,
  input: string | AgentInputItem[],
  { maxTurns = MAX_TURNS, agentTimeoutSeconds, isTurn = false, aside = [] }: Options,
): Promise<Answer<TOutput>> {
  const root = agent as unknown as Agent<TaskContext>
  const agents = reachable(root)
  const clock = createClock(context.signal, agentTimeoutSeconds)
  clocks.set(run, clock)
  for (const each of agents) await makeDurable(each)
  const runner = new Runner({
    modelProvider: durableModels(context, await castOf(agents)),
    toolNotFoundBehavior: 'return_error_to_model',
    ...context.traces.forTask(context.task),
    ...(context.sessionId && { groupId: context.sessionId }),
  })
  const sumUp = (past: string) => runAgent(context, summaryAgent(context), past, { name: 'summary' })
  try {
    const items = itemsOf(input)
    const turn = isTurn && context.sessionId ? await openTurn(context, { items, aside, sumUp }) : undefined
    const options = { stream: true, context, maxTurns, signal: clock.signal } as const
    const result = await runner.run(root, turn?.input ?? [...aside, ...items], options)
    await unlessStopped(clock.signal, drain(result))
    await context.stream.flush()
    if (result.interruptions.length > 0) throw new Parked('A person has to decide before this can go on.')
    if (result.finalOutput !== undefined) {
      await turn?.keep(result.history)
      return result.finalOutput as Answer<TOutput>
    }
  } catch (error) {
    if (context.signal.aborted || error instanceof Parked) throw error
    if (error instanceof OutputGuardrailTripwireTriggered) context.stream.withdraw()
    throw agentFault(clock.fault() ?? run.failures.values().next().value ?? error)
  } finally {
    clock.end()
  }
  throw new TaskError('malformed_output', 'The agents ended without an answer: submit the task again.')
}

function itemsOf(input: string | AgentInputItem[]): AgentInputItem[] {
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input
}

const durable = new WeakSet<object>()
const clocks = new WeakMap<Run, Clock>()

/** Agents and tools are changed in place, once, and hear anew in which task and run they are: so they may be shared. */
async function makeDurable(agent: Agent<TaskContext>): Promise<void> {
  for (const tool of agent.tools) if (tool.type === 'function') await makeToolDurable(tool)
  if (durable.has(agent)) return
  durable.add(agent)
  makeGuardrailsDurable(agent)
  // Told before the agent's first call, in nested runs too.
  agent.on('agent_start', ({ context }) => {
    const { run, scope } = here()
    context.agents.set(scope, agent.name)
    if (scope !== run.name) return
    clocks.get(run)?.begin(agent.name)
    context.stream.agent(agent.name)
  })
}

/** All agents that may get their turn: by handoff, and as tools of others. */
function reachable(root: Agent<TaskContext>): Set<Agent<TaskContext>> {
  const found = new Set([root])
  for (const agent of found) {
    for (const next of agent.handoffs) found.add(getHandoff(next).agent as Agent<TaskContext>)
    for (const tool of agent.tools) {
      const nested = tool.type === 'function' && agentBehind(tool)
      if (nested) found.add(nested.agent)
    }
  }
  return found
}

async function castOf(agents: Iterable<Agent<TaskContext>>): Promise<Cast> {
  const handoffs = [...agents].flatMap(agent => agent.handoffs.map(next => getHandoff(next)))
  const tools = [...agents].flatMap(agent => agent.tools.filter(tool => tool.type === 'function'))
  const asking = await Promise.all(tools.map(mayNeedConsent))
  return {
    handoffs: new Map(handoffs.map(({ toolName, agent }) => [toolName, agent.name])),
    askers: new Set(tools.filter((_, index) => asking[index]).map(({ name }) => name)),
  }
}

/** Tokens, tools and handoffs reach stream and journal from inside their calls. */
async function drain(run: AsyncIterable<RunStreamEvent> & { completed: Promise<void> }): Promise<void> {
  for await (const _event of run);
  await run.completed
}

type Clock = ReturnType<typeof createClock>

/** Ends a run with its task, and when one of its agents takes too long. */
function createClock(task: AbortSignal, timeoutSeconds: number | undefined) {
  const controller = new AbortController()
  const abort = () => controller.abort()
  let timer: NodeJS.Timeout | undefined
  let fault: TaskError | undefined
  if (task.aborted) abort()
  task.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    /** An agent begins its part. */
    begin: (agent: string) => {
      clearTimeout(timer)
      if (timeoutSeconds === undefined) return
      timer = setTimeout(() => {
        const message = `The agent "${agent}" was not done after ${timeoutSeconds} s.`
        fault = new TaskError('agent_timeout', message, { retry: true })
        abort()
      }, timeoutSeconds * 1000)
    },
    fault: () => fault,
    end: () => {
      clearTimeout(timer)
      task.removeEventListener('abort', abort)
    },
  }
}

/** A tool that ignores its signal is not waited for: it goes on alone, and what it writes to the journal is refused. */
async function unlessStopped(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  try {
    await Promise.race([work, stopped])
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
