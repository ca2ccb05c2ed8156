import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import {
  realtimeKey,
  scenarioDetail,
  scenarioList,
  scenarioPath,
  sessionInitAnswer,
  sessionInitQuery,
} from '../../../shared/scenario-api.ts'
import type { Caller } from '../caller.ts'
import { type Endpoint, endpoint } from './endpoint.ts'
import { readScenario } from './registry.ts'
import type { ApiRoom } from './room.ts'
import { initSession } from './session-init.ts'

/** Which scenarios there are, and what a browser needs to speak with their agents. */
export function createScenarioEndpoints(room: ApiRoom): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      route: '/api/scenarios',
      name: 'listScenarios',
      summary: 'The scenarios that you may use.',
      schemas: { answer: scenarioList },
      perMinute: 120,
      handle: async ({ caller }) => ({ status: 200, body: { scenarios: await listScenarios(caller) } }),
    }),
    endpoint({
      method: 'get',
      route: '/api/scenarios/{id}',
      name: 'readScenario',
      summary: 'A scenario with its agents, as it is now.',
      schemas: { path: scenarioPath, answer: scenarioDetail },
      perMinute: 120,
      handle: async ({ caller, path }) => {
        const { version, enterpriseId, definition } = await readScenario(caller, path.id)
        const { rootAgent, moderation, ...rest } = definition
        return {
          status: 200,
          body: {
            ...rest,
            id: path.id,
            version,
            enterprise_id: enterpriseId,
            root_agent: rootAgent,
            guardrails: moderation,
          },
        }
      },
    }),
    endpoint({
      method: 'get',
      route: '/api/session',
      name: 'mintKey',
      summary: 'A key for one conversation by voice.',
      schemas: { answer: realtimeKey },
      perMinute: 20,
      handle: async ({ c, caller }) => ({
        status: 200,
        body: await room.mintRealtimeKey(caller.userId, c.req.raw.signal),
      }),
    }),
    endpoint({
      method: 'get',
      route: '/api/session2',
      name: 'initSession',
      summary: 'A key for one conversation by voice, its session, and the agents of its scenario, the root first.',
      schemas: { query: sessionInitQuery, answer: sessionInitAnswer },
      perMinute: 20,
      handle: async ({ c, caller, query }) => ({
        status: 200,
        body: await initSession(room, caller, { ...query, signal: c.req.raw.signal }),
      }),
    }),
  ]
}

async function listScenarios({ supabase }: Caller) {
  const soon = () => AbortSignal.timeout(patienceMs)
  const [scenarios, roots] = await Promise.all([
    supabase
      .from('scenarios')
      .select('id,version,title,description,enterprise_id')
      .eq('is_enabled', true)
      .order('id')
      .abortSignal(soon()),
    supabase
      .from('scenario_agents')
      .select('scenario_id,name')
      .match({ is_root: true, is_enabled: true })
      .abortSignal(soon()),
  ])
  if (scenarios.error) throw errorOfResponse(scenarios.error, scenarios.status)
  if (roots.error) throw errorOfResponse(roots.error, roots.status)
  const rootOf = new Map(roots.data.map(({ scenario_id, name }) => [scenario_id, name]))
  // One that was saved between the two looks is there at the next.
  return scenarios.data.flatMap(each => {
    const root_agent = rootOf.get(each.id)
    return root_agent ? [{ ...each, root_agent }] : []
  })
}
