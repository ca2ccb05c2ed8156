import { Agent, type Handoff, type InputGuardrail, type OutputGuardrail, type Tool, tool } from '@openai/agents'
import { z } from 'zod'
import type { Json } from '../../../shared/database.types.ts'
import type { Scene as Act } from '../../../supabase/local/brain/scene.ts'
import { type Reply, say } from '../../../supabase/local/brain/script.ts'
import { type Brain, startBrain } from '../../../supabase/local/brain.ts'
import { openContext, type TaskContext } from '../../../worker/agents/context.ts'
import { Parked } from '../../../worker/agents/parked.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import { governed, type ToolPolicy } from '../../../worker/agents/tool-policy.ts'
import { faultOf, TaskError } from '../../../worker/errors.ts'
import { intercept, only, type Scene } from '../arrange.ts'
import { claimNext, type Held, openRoom, type Room, take } from './arrange.ts'

type Parts = {
  name?: string
  tools?: Tool<TaskContext>[]
  handoffs?: (Agent<TaskContext> | Handoff<TaskContext>)[]
  inputGuardrails?: InputGuardrail[]
  outputGuardrails?: OutputGuardrail[]
}

/** A small agent with these parts. */
export function agentOf({ name = 'Tester', ...parts }: Parts): Agent<TaskContext> {
  return new Agent<TaskContext>({ name, instructions: `You are ${name}.`, model: 'gpt-test', ...parts })
}

/** Runs such an agent on a held task, as a pipeline does. */
export async function runWith(room: Room, held: Held, parts: Parts, input = 'Go'): Promise<string> {
  return runAgent(await openContext(room, held.task, held), agentOf(parts), input)
}

/** A room whose models do, agent by agent, what the test says. */
export async function roomWithScripts(
  scene: Scene,
  turns: Record<string, (act: Act) => Reply>,
  settings: Parameters<typeof openRoom>[1] = {},
): Promise<Room & { brain: Brain }> {
  const scripts = Object.entries(turns).map(([name, turn]) => ({
    name,
    agent: new RegExp(`^You are ${name}\\.`),
    turn,
  }))
  const brain = await startBrain({ pace: 'instant', scripts })
  scene.atEnd(() => brain.stop())
  return { ...openRoom(scene, { baseUrl: brain.url, apiKey: brain.key, ...settings }), brain }
}

type ToolParts = ToolPolicy & {
  needsApproval?: boolean | ((input: Record<string, unknown>) => boolean)
  parameters?: z.ZodObject
  timeoutMs?: number
}
type Work = (input: Record<string, unknown>, details: { callId: string; signal?: AbortSignal }) => unknown

/** A tool that notes what it was called with and says `<name> done`, unless `work` says otherwise. */
export function toolOf(
  name: string,
  { needsApproval = false, parameters = z.object({}), timeoutMs, ...policy }: ToolParts = {},
  work: Work = () => `${name} done`,
) {
  const calls: Record<string, unknown>[] = []
  const made = tool({
    name,
    description: name,
    parameters,
    ...(timeoutMs && { timeoutMs }),
    needsApproval:
      typeof needsApproval === 'boolean'
        ? needsApproval
        : async (_context: unknown, input: object) => needsApproval(input as never),
    execute: async (given, _context, details) => {
      const input = given as Record<string, unknown>
      calls.push(input)
      const { signal } = details ?? {}
      return work(input, { callId: String(details?.toolCall?.callId), ...(signal && { signal }) })
    },
  })
  return { tool: governed(made as unknown as Tool<TaskContext>, policy), calls }
}

/** How an attempt ended: the row's status, and with what. */
export type Ending = { status: string; answer?: Json; code?: string }

/** Always says the same. */
export function says(text: string): (act: Act) => Reply {
  return () => say(text)
}

/** One attempt as the registry and the queue make it, with a pipeline of the test's own. */
export async function attempt(
  room: Room,
  held: Held,
  pipeline: (context: TaskContext) => Promise<Json>,
): Promise<Ending> {
  const context = await openContext(room, held.task, held)
  const settle = async (outcome: string, detail: Json, more: Omit<Ending, 'status'> = {}): Promise<Ending> => {
    await context.progress.end()
    await context.stream.close()
    const rows = await room.db.call('settle', {
      p_tasks: [held.task.id],
      p_leases: [held.task.leaseId],
      p_outcomes: [outcome],
      p_details: [detail],
    })
    held.end()
    return { status: rows[0]?.status ?? 'lost', ...more }
  }
  try {
    const answer = await pipeline(context)
    return await settle('completed', { response: { answer } }, { answer })
  } catch (error) {
    await Promise.allSettled(context.runs.values())
    const answer = context.stream.textSoFar()
    const partial = answer ? { response: { answer, partial: true } } : {}
    if (held.signal.aborted) return settle(held.stops.includes('cancel') ? 'cancelled' : 'released', partial)
    if (error instanceof Parked) return settle('waiting', {})
    if (!(error instanceof TaskError)) throw error
    const fault = faultOf(error)
    return settle(fault.retryable ? 'retry' : 'failed', { error: fault, ...partial }, { code: fault.code })
  }
}

/** As if its worker had died in there: nobody settles it. Resolves when `died` does. */
export async function die(
  room: Room,
  held: Held,
  pipeline: (context: TaskContext) => Promise<unknown>,
  died: Promise<unknown>,
) {
  const context = await openContext(room, held.task, held)
  const going = pipeline(context).catch(() => undefined)
  await died
  held.stop('lost')
  await going
}

/** As if its worker had died when it was about to make its model call number `n`: what came before is done for good. */
export async function dieBeforeCall(
  n: number,
  room: Room,
  held: Held,
  pipeline: (context: TaskContext) => Promise<unknown>,
): Promise<void> {
  const reached = Promise.withResolvers<void>()
  let calls = 0
  const db = intercept(room.db, {
    before: name => {
      if (name !== 'admit_call' || ++calls < n) return undefined
      reached.resolve()
      return new Promise(() => undefined)
    },
  })
  await die({ ...room, db }, held, pipeline, reached.promise)
}

/** A claimed task of a user. */
export function takeOne(scene: Scene, room: Room, values: Record<string, unknown> = {}): Promise<Held> {
  return take(scene, room, { prompt: 'Go' }, values)
}

export type Question = { id: string; key: string; tool_name: string; status: string; arguments: Json; agent: string }

export async function questionsOf({ sql }: Scene, { task }: Held): Promise<Question[]> {
  return sql<Question[]>`select * from public.agent_approvals where task_id = ${task.id} order by created_at, tool_name`
}

/** Decides on the open question about this tool. */
export async function decide(
  scene: Scene,
  held: Held,
  toolName: string,
  decision: 'approve' | 'reject',
  { reason, edited }: { reason?: string; edited?: Json } = {},
): Promise<void> {
  const question = (await questionsOf(scene, held)).find(each => each.tool_name === toolName && each.status === 'open')
  const { sql } = scene
  await sql`select public.decide_agent_approval(${only(question).id}, ${decision}, ${reason ?? null},
    ${edited === undefined ? null : sql.json(edited as never)})`
}

/** The next attempt at a task that may go on. */
export function resume(room: Room): Promise<Held> {
  return claimNext(room.db)
}
