import { Agent, type Handoff, type Tool } from '@openai/agents'
import { openContext, type TaskContext } from '../../../worker/agents/context.ts'
import { runAgent } from '../../../worker/agents/run-agent.ts'
import type { Held, Room } from './arrange.ts'

type Parts = { name?: string; tools?: Tool<TaskContext>[]; handoffs?: (Agent<TaskContext> | Handoff<TaskContext>)[] }

/** A small agent with these parts. */
export function agentOf({ name = 'Tester', tools = [], handoffs = [] }: Parts): Agent<TaskContext> {
  return new Agent<TaskContext>({ name, instructions: 'Answer.', model: 'gpt-test', tools, handoffs })
}

/** Runs such an agent on a held task, as a pipeline does. */
export async function runWith(room: Room, held: Held, parts: Parts, input = 'Go'): Promise<string> {
  return runAgent(await openContext(room, held.task, held), agentOf(parts), input)
}
