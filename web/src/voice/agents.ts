import { RealtimeAgent, tool } from '@openai/agents/realtime'
import type { SessionInitPayload } from '../../../shared/scenario-results.ts'

/** Runs a tool where its rights are: on the server. Resolves with what the model is to be told. */
export type RunTool = (name: string, args: unknown, callId: string) => Promise<string>

/** The scenario's agents by name, each knowing whom it may hand over to. */
export function agentsOf({ initial_agents }: SessionInitPayload, runTool: RunTool): Map<string, RealtimeAgent> {
  const agents = new Map(initial_agents.map(given => [given.name, agentOf(given, runTool)]))
  for (const { name, handoffs } of initial_agents) {
    const agent = agents.get(name)
    if (agent) agent.handoffs = handoffs.flatMap(each => agents.get(each) ?? [])
  }
  return agents
}

type Given = SessionInitPayload['initial_agents'][number]

function agentOf({ name, title, instructions, voice, tools }: Given, runTool: RunTool): RealtimeAgent {
  return new RealtimeAgent({
    name,
    handoffDescription: title,
    instructions,
    ...(voice && { voice }),
    tools: tools.map(given => toolOf(given, runTool)),
  })
}

type ObjectSchema = { type: 'object'; properties: Record<never, never>; required: never[]; additionalProperties: true }

function toolOf({ name, description, parameters }: Given['tools'][number], runTool: RunTool) {
  return tool({
    name,
    description,
    // It goes to the model as it came; the server checks arguments against the same.
    parameters: parameters as ObjectSchema,
    strict: false,
    execute: (args, _context, details) => runTool(name, args, details?.toolCall?.callId ?? crypto.randomUUID()),
  })
}
