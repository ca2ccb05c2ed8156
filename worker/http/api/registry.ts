import { z } from 'zod'
import { type AgentTaskError, errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import {
  overridden,
  refusedOverride,
  type ScenarioDefinition,
  scenarioDefinition,
  sessionOverride,
} from '../../../shared/scenarios.ts'
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
  override: z.output<typeof sessionOverride> | null
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
      .select('session_id,scenario_id,version,active_agent,override')
      .match({ session_id: id })
      .abortSignal(soon())
      .maybeSingle(),
  ])
  for (const { error, status } of [own, begun]) if (error) throw errorOfResponse(error, status)
  if (!own.data || !begun.data) return undefined
  return sessionOf(begun.data, own.data.enterprise_id)
}

const begun = z.object({
  session_id: z.guid(),
  scenario_id: z.string(),
  version: z.int(),
  active_agent: z.string(),
  override: sessionOverride.nullable(),
})

function sessionOf(row: unknown, enterpriseId: string | null): Session {
  const { session_id: id, scenario_id: scenarioId, active_agent: activeAgent, ...rest } = begun.parse(row)
  return { id, scenarioId, activeAgent, enterpriseId, ...rest }
}

/** What the session's version says, and who has begun it. */
export async function readDefinition(caller: Caller, session: Session): Promise<ScenarioDefinition> {
  return overridden(await readVersion(caller, session.scenarioId, session.version), session.override)
}

type Beginning = {
  /** Left out: of the session that is there, or of the only scenario with the root agent. */
  scenarioId?: string | undefined
  sessionId?: string | undefined
  rootAgent?: string | undefined
  page?: object | undefined
  enterpriseId?: string | undefined
  override?: { instructions?: string | undefined; model?: string | undefined } | undefined
}

/**
 * Begins a session with a scenario, or gives the one that has this id, which keeps its version: what has become of the
 * scenario since then is nothing to it.
 *
 * @throws Refusal `scenario_not_found`, `agent_not_found`, `override_refused`, `session_not_found` (it is somebody else's),
 * `session_exists` (with another scenario, enterprise or override)
 */
export async function beginSession(caller: Caller, wish: Beginning): Promise<Session> {
  const running = wish.sessionId === undefined ? undefined : await findSession(caller, wish.sessionId)
  const scenarioId = wish.scenarioId ?? running?.scenarioId ?? (await scenarioWith(caller, wish.rootAgent))
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
      ...(wish.override && { override: wish.override }),
    })
    .abortSignal(soon())
    .single()
  if (error) throw refusalToBegin(errorOfResponse(error, status), error.code)
  return sessionOf(data, enterpriseId)
}

async function scenarioWith({ supabase }: Caller, agent: string | undefined): Promise<string> {
  if (agent === undefined) throw new Refusal('invalid_request', 'Name a scenario as scenario_id, or one of its agents.')
  const query = supabase.from('scenario_agents').select('scenario_id').match({ name: agent, is_enabled: true })
  const { data, error, status } = await query.order('scenario_id').abortSignal(soon())
  if (error) throw errorOfResponse(error, status)
  const ids = data.flatMap(({ scenario_id }) => scenario_id ?? [])
  if (ids[0] === undefined) throw new Refusal('agent_not_found', `No scenario has an agent "${agent}".`)
  if (ids.length === 1) return ids[0]
  throw new Refusal(
    'invalid_request',
    `More than one scenario has "${agent}": choose of ${ids.join(', ')} as scenario_id.`,
  )
}

async function enterpriseToBegin(caller: Caller, scenarioId: string, wish: Beginning): Promise<string | null> {
  const { definition, enterpriseId } = await readScenario(caller, scenarioId)
  if (wish.rootAgent !== undefined) insistOnAgent(definition, wish.rootAgent)
  // SQL refuses the same; here it has its code.
  const problem = refusedOverride(definition, wish.override ?? {})
  if (problem !== undefined) throw new Refusal('override_refused', problem)
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
