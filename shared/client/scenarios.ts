import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import type { Json } from '../database.types.ts'
import type { PageContext, ScenarioDefinition } from '../scenarios.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/**
 * Begins a conversation with the agents of a scenario, in the version that is current. The same id again changes nothing.
 * `page` is where its user is.
 * @throws AgentTaskError `invalid_request` if there is no such scenario or it is disabled, `not_allowed`
 */
export async function beginScenarioSession(
  supabase: Supabase,
  begun: { sessionId: string; scenarioId: string; enterpriseId: string | null; page: PageContext },
): Promise<void> {
  const { sessionId: session_id, scenarioId: scenario_id, enterpriseId, page } = begun
  const args = { session_id, scenario_id, page: page as Json, ...(enterpriseId && { enterprise_id: enterpriseId }) }
  await done(supabase.rpc('begin_scenario_session', args).abortSignal(AbortSignal.timeout(patienceMs)))
}

/** Takes a conversation over from the agents. @throws AgentTaskError `not_open` if somebody else has, `not_allowed` */
export async function takeEscalation(supabase: Supabase, id: string): Promise<void> {
  await done(supabase.rpc('take_escalation', { escalation_id: id }).abortSignal(AbortSignal.timeout(patienceMs)))
}

/**
 * Answers in the agents' place, whoever has taken the conversation over.
 * @throws AgentTaskError `session_busy` while a turn is under way, `not_open`, `not_allowed`
 */
export async function answerEscalation(supabase: Supabase, id: string, text: string): Promise<void> {
  const answer = { escalation_id: id, text }
  await done(supabase.rpc('answer_escalation', answer).abortSignal(AbortSignal.timeout(patienceMs)))
}

/** Gives a conversation back to the agents. @throws AgentTaskError `not_allowed` */
export async function closeEscalation(supabase: Supabase, id: string): Promise<void> {
  await done(supabase.rpc('close_escalation', { escalation_id: id }).abortSignal(AbortSignal.timeout(patienceMs)))
}

/** What is to become the next version of a scenario. */
export type ScenarioDraft = {
  id: string
  definition: ScenarioDefinition
  /** The one it was made of; 0 for a new scenario. */
  version: number
  note: string
  /** Of a new one: whose it is; null: everybody's. */
  enterpriseId: string | null
}

/**
 * Saves a version and gives its number.
 * @throws AgentTaskError `stale` if somebody has saved another one meanwhile, `invalid_request`, `not_allowed`
 */
export async function saveScenario(supabase: Supabase, draft: ScenarioDraft): Promise<number> {
  const { id, definition, version, note, enterpriseId } = draft
  const args = {
    scenario_id: id,
    definition,
    expected_version: version,
    ...(note.trim() && { note: note.trim() }),
    ...(enterpriseId && { enterprise_id: enterpriseId }),
  }
  const saving = supabase.rpc('save_scenario', args).abortSignal(AbortSignal.timeout(patienceMs))
  return (await done(saving, 'stale')).version
}

/** Lets sessions be begun with a scenario, or no more. @throws AgentTaskError `not_allowed` */
export async function setScenarioEnabled(supabase: Supabase, id: string, enabled: boolean): Promise<void> {
  const args = { scenario_id: id, enabled }
  await done(supabase.rpc('set_scenario_enabled', args).abortSignal(AbortSignal.timeout(patienceMs)))
}

/** Lets scenarios name a model, or no more. @throws AgentTaskError `invalid_request`, `not_allowed` */
export async function allowScenarioModel(supabase: Supabase, model: string, allowed: boolean): Promise<void> {
  const args = { model, allowed }
  await done(supabase.rpc('allow_scenario_model', args).abortSignal(AbortSignal.timeout(patienceMs)))
}

async function done<T>(
  request: PromiseLike<PostgrestSingleResponse<T>>,
  conflict: 'not_open' | 'stale' = 'not_open',
): Promise<T> {
  const { data, error, status } = await request
  if (error) throw errorOfResponse(error, status, { conflict })
  return data
}
