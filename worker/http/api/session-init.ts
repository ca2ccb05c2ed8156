import { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import type { sessionInitAnswer, sessionInitQuery } from '../../../shared/scenario-api.ts'
import { instructionsFor } from '../../../shared/scenario-instructions.ts'
import type { AgentDefinition } from '../../../shared/scenarios.ts'
import type { Caller } from '../caller.ts'
import { beginSession, insistOnAgent, readDefinition } from './registry.ts'
import type { ApiRoom } from './room.ts'

type Wish = z.output<typeof sessionInitQuery> & { signal: AbortSignal }

/**
 * Begins a session by voice, or goes on with one, which keeps its version and begins with the agent that spoke last.
 *
 * @throws Refusal, TaskError
 */
export async function initSession(
  { mintRealtimeKey }: Pick<ApiRoom, 'mintRealtimeKey'>,
  caller: Caller,
  { scenario_id, root_agent: rootAgent, session_id: sessionId, enterprise_id: enterpriseId, signal }: Wish,
): Promise<z.input<typeof sessionInitAnswer>> {
  const session = await beginSession(caller, { scenarioId: scenario_id, sessionId, rootAgent, enterpriseId })
  const definition = await readDefinition(caller, session)
  const root = insistOnAgent(definition, rootAgent ?? session.activeAgent)
  const agents = [root, ...definition.agents.filter(agent => agent !== root)]
  // The key last: whoever is refused gets none.
  const tools = await readTools(caller, new Set(agents.flatMap(agent => agent.tools)))
  return {
    ...(await mintRealtimeKey(caller.userId, signal)),
    scenario_id,
    version: session.version,
    root_agent: root.name,
    initial_agents: agents.map(agent => spoken(scenario_id, agent, tools)),
    guardrails: definition.moderation,
    session_id: session.id,
  }
}

type Tool = z.output<typeof tool>

const tool = z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.json()) })

function spoken(scenarioId: string, agent: AgentDefinition, tools: Tool[]) {
  const { name, title, voice, handoffs } = agent
  return {
    name,
    title,
    instructions: instructionsFor(scenarioId, agent, { isSpoken: true }),
    voice,
    handoffs,
    tools: tools.filter(each => agent.tools.some(own => own === each.name)),
  }
}

async function readTools({ supabase }: Caller, names: Set<string>): Promise<Tool[]> {
  const query = supabase
    .from('scenario_tools')
    .select('name,description,parameters')
    .in('name', [...names])
  const { data, error, status } = await query.order('name').abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return z.array(tool).parse(data)
}
