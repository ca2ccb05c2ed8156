import { type Agent, Runner, type RunStreamEvent } from '@openai/agents'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { durableModels } from './durable-model.ts'
import { makeToolsDurable } from './durable-tool.ts'
import { agentFault } from './faults.ts'

const MAX_TURNS = 20

/**
 * Runs an agent, and whom it hands over to, until there is a final output. Build the agents anew for each task: their
 * tools are changed in place. One run a task: the journal numbers model calls from its start.
 *
 * @throws TaskError when provider or agents fail; anything else when the attempt was told to stop.
 */
export async function runAgent(
  context: TaskContext,
  agent: Agent<TaskContext>,
  input: string,
  { maxTurns = MAX_TURNS }: { maxTurns?: number } = {},
): Promise<string> {
  makeToolsDurable(context, agent)
  const runner = new Runner({
    modelProvider: durableModels(context, context.models),
    toolNotFoundBehavior: 'return_error_to_model',
    tracingDisabled: true,
  })
  // Told before the agent's first call; the event in the stream may come after it.
  runner.on('agent_start', (_context, { name }) => {
    context.agentAtWork = name
    context.stream.agent(name)
  })
  try {
    const run = await runner.run(agent, input, { stream: true, context, maxTurns, signal: context.signal })
    await unlessStopped(context.signal, follow(context, run))
    await context.stream.flush()
    if (run.finalOutput !== undefined) return run.finalOutput
  } catch (error) {
    if (context.signal.aborted) throw error
    throw agentFault(error)
  }
  throw new TaskError('malformed_output', 'The agents ended without an answer: submit the task again.')
}

type Run = AsyncIterable<RunStreamEvent> & { completed: Promise<void> }

/** Tokens and tools reach the stream from inside their calls; what is left to see here are handoffs. */
async function follow(context: TaskContext, run: Run): Promise<void> {
  for await (const event of run) {
    if (event.type !== 'run_item_stream_event' || event.item.type !== 'handoff_output_item') continue
    const { sourceAgent, targetAgent, rawItem } = event.item
    const key = `handoff:/${rawItem.callId}`
    const handoff = { key, kind: 'handoff', agent: sourceAgent.name, name: targetAgent.name, status: 'done' } as const
    if (!context.journal.find(key)) await context.journal.record(handoff)
    context.stream.step(handoff)
  }
  await run.completed
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
