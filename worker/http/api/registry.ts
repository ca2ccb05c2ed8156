import { z } from 'zod'
import { type AgentTaskError, errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import { type ScenarioDefinition, scenarioDefinition } from '../../../shared/scenarios.ts'
import type { Caller } from '../caller.ts'
import { Refusal } from '../refusal.ts'

// Scenarios as the caller sees them; what row-level security hides is not there.

/** A version of a scenario. */
export type Scenario = { id: string; version: number; enterpriseId: string | null; definition: ScenarioDefinition }

const soon = () => AbortSignal.timeout(patienceMs)

/** The current version of a scenario that is enabled. @throws Refusal `scenario_not_found` */
export async function readScenario(caller: Caller, id: string): Promise<Scenario> {
  const query = caller.supabase.from('scenarios').select('version,enterprise_id').match({ id, is_enabled: true })
  const { data, error, status } = await query.abortSignal(soon()).maybeSingle()
  if (error) throw errorOfResponse(error, status)
  if (data === null) throw new Refusal('scenario_not_found', `There is no scenario "${id}".`)
  const definition = await readVersion(caller, id, data.version)
  return { id, version: data.version, enterpriseId: data.enterprise_id, definition }
}

/** What a version says. @throws Refusal `scenario_not_found` */
export async function readVersion(caller: Caller, id: string, version: number): Promise<ScenarioDefinition> {
  const query = caller.supabase.from('scenario_versions').select('definition').match({ scenario_id: id, version })
  const { data, error, status } = await query.abortSignal(soon()).maybeSingle()
  if (error) throw errorOfResponse(error, status)
  if (data === null) throw new Refusal('scenario_not_found', `There is no scenario "${id}".`)
  return scenarioDefinition.parse(data.definition)
}

/** A session of the caller's own with a scenario. */
export type Session = {
  id: string
  scenarioId: string
  version: number
  activeAgent: string
  enterpriseId: string | null
}

/** @throws Refusal `session_not_found`, also for those of others that the caller may read. */
export async function readSession(caller: Caller, id: string): Promise<Session> {
  const session = await findSession(caller, id)
  if (session) return session
  throw new Refusal('session_not_found', `There is no session ${id} of yours.`)
}

async function findSession({ supabase, userId }: Caller, id: string): Promise<Session | undefined> {
  const [own, begun] = await Promise.all([
    supabase
      .from('agent_sessions')
      .select('enterprise_id')
      .match({ id, user_id: userId })
      .abortSignal(soon())
      .maybeSingle(),
    supabase
      .from('scenario_sessions')
      .select('scenario_id,version,active_agent')
      .match({ session_id: id })
      .abortSignal(soon())
      .maybeSingle(),
  ])
  for (const { error, status } of [own, begun]) if (error) throw errorOfResponse(error, status)
  if (!own.data || !begun.data) return undefined
  const { scenario_id, version, active_agent } = begun.data
  return { id, scenarioId: scenario_id, version, activeAgent: active_agent, enterpriseId: own.data.enterprise_id }
}

const begun = z.object({ session_id: z.guid(), version: z.int(), active_agent: z.string() })

type Beginning = {
  sessionId?: string | undefined
  rootAgent?: string | undefined
  page?: object | undefined
  enterpriseId?: string | undefined
}

/**
 * Begins a session with a scenario, or gives the one that has this id, which keeps its version: what has become of the
 * scenario since then is nothing to it.
 *
 * @throws Refusal `scenario_not_found`, `agent_not_found`, `session_not_found` (it is somebody else's), `session_exists`
 * (with another scenario or enterprise)
 */
export async function beginSession(caller: Caller, scenarioId: string, wish: Beginning): Promise<Session> {
  const running = wish.sessionId === undefined ? undefined : await findSession(caller, wish.sessionId)
  const enterpriseId = running
    ? (wish.enterpriseId ?? running.enterpriseId)
    : await enterpriseToBegin(caller, scenarioId, wish)
  const { data, error, status } = await caller.supabase
    .rpc('begin_scenario_session', {
      session_id: wish.sessionId ?? crypto.randomUUID(),
      scenario_id: scenarioId,
      ...(wish.rootAgent !== undefined && { root_agent: wish.rootAgent }),
      ...(wish.page && { page: wish.page as Record<string, never> }),
      ...(enterpriseId && { enterprise_id: enterpriseId }),
    })
    .abortSignal(soon())
    .single()
  if (error) throw refusalToBegin(errorOfResponse(error, status), error.code)
  const { session_id, version, active_agent } = begun.parse(data)
  return { id: session_id, scenarioId, version, activeAgent: active_agent, enterpriseId }
}

async function enterpriseToBegin(caller: Caller, scenarioId: string, wish: Beginning): Promise<string | null> {
  const { definition, enterpriseId } = await readScenario(caller, scenarioId)
  if (wish.rootAgent !== undefined) insistOnAgent(definition, wish.rootAgent)
  return enterpriseId ?? wish.enterpriseId ?? null
}

/** @throws Refusal */
export function insistOnAgent({ agents }: ScenarioDefinition, name: string) {
  const agent = agents.find(each => each.name === name)
  if (agent) return agent
  throw new Refusal('agent_not_found', `The scenario has no agent "${name}": ${agents.map(a => a.name).join(', ')}.`)
}

function refusalToBegin(error: AgentTaskError, sqlstate: string): Error {
  if (sqlstate === 'PT409') return new Refusal('session_exists', error.message, { cause: error })
  if (sqlstate === '42501') return new Refusal('session_not_found', error.message, { cause: error })
  return error
}
