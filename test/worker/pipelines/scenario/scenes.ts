import type { Json } from '../../../../shared/database.types.ts'
import type { ScenarioAnswer } from '../../../../shared/scenario-kinds.ts'
import type { AgentDefinition, ScenarioDefinition } from '../../../../shared/scenarios.ts'
import type { AgentRoom } from '../../../../worker/agents/context.ts'
import { faultOf } from '../../../../worker/errors.ts'
import { definitionOf } from '../../../sql/scenarios/arrange.ts'
import { as } from '../../../support/roles.ts'
import { type Held, perform, take } from '../../agents/arrange.ts'
import { only, type Row, type Scene } from '../../arrange.ts'

const UNMODERATED = { input: false, output: false, tolerates: [] }

/** A scenario of these agents, the first of whom begins. */
export function teamOf(agents: AgentDefinition[], more: Partial<ScenarioDefinition> = {}): ScenarioDefinition {
  return definitionOf({ agents, rootAgent: only(agents[0]).name, moderation: UNMODERATED, ...more })
}

/** Saves a new version, as a server may. */
export async function saveScenario({ sql }: Scene, id: string, definition: ScenarioDefinition): Promise<number> {
  const [now] = await sql`select version from public.scenarios where id = ${id}`
  const [row] = await sql<{ version: number }[]>`
    select (public.save_scenario(${id}, ${sql.json(definition)}, ${now?.version ?? 0})).version`
  return only(row).version
}

/** Lets scenarios name a model. */
export async function allowModel({ sql }: Scene, model: string): Promise<void> {
  await sql`select public.allow_scenario_model(${model}, true)`
}

type Begin = { user: string; scenario: string; enterprise?: string; page?: Json; root?: string; override?: Json }

/** Begins a session as its user does. */
export async function beginSession(
  { sql }: Scene,
  { user, scenario, enterprise, page = {}, root, override }: Begin,
): Promise<string> {
  const [row] = await as(
    sql,
    { role: 'authenticated', sub: user },
    tx => tx<
      { session_id: string }[]
    >`select (public.begin_scenario_session(gen_random_uuid(), ${scenario}, ${root ?? null},
      ${tx.json(page as never)}, ${enterprise ?? null}, ${override === undefined ? null : tx.json(override as never)})).session_id`,
  )
  return only(row).session_id
}

/** A claimed turn of a session. */
export async function takeTurn(scene: Scene, room: AgentRoom, session: string, payload: Row | string): Promise<Held> {
  const [owner] = await scene.sql`select user_id, enterprise_id from public.agent_sessions where id = ${session}`
  const request = typeof payload === 'string' ? { message: payload } : payload
  return take(scene, room, request as Json, { kind: 'scenario', session_id: session, ...only(owner) })
}

/** Performs a held turn and settles it. @throws what the attempt has failed of. */
export async function settleTurn(room: AgentRoom, held: Held): Promise<ScenarioAnswer> {
  const settle = (outcome: string, detail: Json) =>
    room.db.call('settle', {
      p_tasks: [held.task.id],
      p_leases: [held.task.leaseId],
      p_outcomes: [outcome],
      p_details: [detail],
    })
  try {
    const outcome = await perform(room, held)
    if (outcome.kind !== 'completed') throw new Error(`The turn ended as ${outcome.kind}.`)
    await settle('completed', { response: outcome.response as Json })
    return outcome.response as ScenarioAnswer
  } catch (error) {
    await settle('failed', { error: faultOf(error) })
    throw error
  } finally {
    held.end()
  }
}

/** A whole turn of a session. */
export async function say(
  scene: Scene,
  room: AgentRoom,
  session: string,
  payload: Row | string,
): Promise<ScenarioAnswer> {
  return settleTurn(room, await takeTurn(scene, room, session, payload))
}

/** The decisions of a session as `from → to (source)`. */
export async function decisionsOf({ sql }: Scene, session: string): Promise<string[]> {
  const rows = await sql`select from_agent, to_agent, source from public.scenario_decisions
    where session_id = ${session} order by created_at, id`
  return rows.map(({ from_agent, to_agent, source }) => `${from_agent} → ${to_agent} (${source})`)
}

export async function activeAgentOf({ sql }: Scene, session: string): Promise<string> {
  const [row] = await sql`select active_agent from public.scenario_sessions where session_id = ${session}`
  return only(row).active_agent
}

/** What was said, as `role: text`. */
export async function saidIn({ sql }: Scene, session: string): Promise<string[]> {
  const rows = await sql`select item from public.agent_session_items where session_id = ${session} order by seq`
  return rows.map(({ item: { role, content, type } }) => {
    const text = typeof content === 'string' ? content : content?.map((part: { text: string }) => part.text).join('|')
    return `${role ?? type}: ${text ?? ''}`
  })
}
