import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { insertAgentTask } from '../../../shared/client/submit-agent-task.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import { toolAnswer, toolRequest } from '../../../shared/scenario-api.ts'
import { isScenarioTool } from '../../../shared/scenario-tools.ts'
import type { ScenarioDefinition } from '../../../shared/scenarios.ts'
import type { Caller } from '../caller.ts'
import { Refusal } from '../refusal.ts'
import { AS_TASK, type Endpoint, endpoint } from './endpoint.ts'
import { readScenario, readSession, readVersion } from './registry.ts'
import type { ApiRoom } from './room.ts'
import { answerWith } from './task-end.ts'
import { insistOnTurn } from './turns.ts'

/** Tools for conversations that are held elsewhere, by voice for example. Each call is a task of its user. */
export function createToolEndpoints(room: ApiRoom): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      route: '/api/tools/execute',
      name: 'executeTool',
      summary: 'Calls a tool that an agent of the scenario has, with your own rights.',
      schemas: { body: toolRequest, answer: toolAnswer },
      perMinute: 120,
      pending: AS_TASK,
      handle: async ({ c, caller, body }) => {
        const { tool, session_id, call_id } = body
        const { definition, enterpriseId } = await readPlace(caller, body)
        const isThere = definition.agents.some(({ tools }) => tools.some(name => name === tool))
        if (!isThere || !isScenarioTool(tool)) {
          throw new Refusal('tool_not_found', `No agent of the scenario has the tool "${tool}".`)
        }
        const perMinute = await readLimit(caller, tool)
        // It is taken where the tool is called, as those of agents are. Who comes too often has no task made of it.
        await insistOnTurn(room.seeTurn, caller.userId, { bucket: `tool:${tool}`, perMinute })
        return answerWith(room, { c, caller }, correlationId =>
          insertAgentTask(caller.supabase, {
            kind: 'scenario-tool',
            isTurn: false,
            correlationId,
            enterpriseId,
            tool,
            arguments: body.arguments,
            ...(session_id ? { sessionId: session_id } : { scenarioId: body.scenario_id }),
            ...(session_id && call_id && { idempotencyKey: `tool:${session_id}:${call_id}` }),
          }),
        )
      },
    }),
  ]
}

type About = {
  session_id?: string | undefined
  scenario_id?: string | undefined
  enterprise_id?: string | undefined
}

async function readPlace(
  caller: Caller,
  { session_id, scenario_id = '', enterprise_id }: About,
): Promise<{ definition: ScenarioDefinition; enterpriseId: string | null }> {
  if (session_id) {
    const { scenarioId, version, enterpriseId } = await readSession(caller, session_id)
    return { definition: await readVersion(caller, scenarioId, version), enterpriseId }
  }
  const { definition, enterpriseId } = await readScenario(caller, scenario_id)
  return { definition, enterpriseId: enterpriseId ?? enterprise_id ?? null }
}

async function readLimit({ supabase }: Caller, name: string): Promise<number> {
  const query = supabase.from('scenario_tools').select('calls_per_minute').eq('name', name)
  const { data, error, status } = await query.abortSignal(AbortSignal.timeout(patienceMs)).single()
  if (error) throw errorOfResponse(error, status)
  return data.calls_per_minute
}
