import type { z } from 'zod'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { pendingAnswer, scenarioList } from '../../../shared/scenario-api.ts'
import {
  type ModerationDecision,
  moderationDecision,
  orchestrationDecision,
  type SessionInitPayload,
  sessionInitPayload,
  toolResult,
} from '../../../shared/scenario-results.ts'
import { callApi } from '../api.ts'

/** What a page says about itself, for the choice of who answers. */
export type PageContext = {
  /** Where the user is. */
  path: string
  /** Chosen by the page or the user; else the server chooses. */
  scenarioId?: string | null
  rootAgent?: string | null
  /** For which enterprise; null: for the user alone. */
  enterpriseId?: string | null
}

/** Which scenario, from whom, for which enterprise, and in which session if it goes on. */
export type Choice = {
  scenarioId: string
  rootAgent: string | null
  enterpriseId: string | null
  sessionId: string | null
}

const chosen = orchestrationDecision.pick({ scenarioId: true, rootAgent: true })

/** Who is to answer on this page, as the page or else the server says. @throws AgentTaskError */
export async function chooseScenario(
  { path, scenarioId, rootAgent = null, enterpriseId = null }: PageContext,
  signal: AbortSignal,
): Promise<Choice> {
  const rest = { enterpriseId, sessionId: null }
  // Nothing has been said yet, so a scenario that is known begins with its own root.
  if (scenarioId) return { ...rest, scenarioId, rootAgent }
  const body = { page: { path }, messages: [], ...(enterpriseId && { enterpriseId }) }
  try {
    return { ...rest, ...(await callApi('/api/orchestrate', chosen, { body, signal })) }
  } catch (error) {
    if ((error as AgentTaskError).code !== NO_SCENARIO) throw error
    const { scenarios } = await callApi('/api/scenarios', scenarioList, { signal })
    // A platform admin sees those of others, too.
    const first = scenarios.find(each => each.enterprise_id === null || each.enterprise_id === enterpriseId)
    if (!first) throw error
    return { ...rest, scenarioId: first.id, rootAgent: first.root_agent }
  }
}

/** No scenario is for this page. */
const NO_SCENARIO = 'no_scenario'

/** A key for one call, and who is in it. @throws AgentTaskError */
export function beginSession(choice: Choice, signal: AbortSignal): Promise<SessionInitPayload> {
  const query = {
    scenario_id: choice.scenarioId,
    root_agent: choice.rootAgent,
    session_id: choice.sessionId,
    ...(choice.enterpriseId && { enterprise_id: choice.enterpriseId }),
  }
  return callApi('/api/session2', sessionInitPayload, { query, signal })
}

/** @throws AgentTaskError */
export function moderate(
  text: string,
  direction: 'input' | 'output',
  { scenario_id }: Pick<SessionInitPayload, 'scenario_id'>,
): Promise<ModerationDecision> {
  return callApi('/api/moderate', moderationDecision, { body: { text, direction, scenario_id } })
}

/** What a tool gave; or the task in which it is yet to be done, since people have to approve it, or it takes long. */
export type ToolOutcome =
  | { state: 'done' | 'failed'; result: unknown; durationMs: number | null }
  | { state: 'waiting'; taskId: string; result: unknown }

/** Runs a tool with the user's rights. What went wrong is a result too, since the model has to hear of it. */
export function executeTool(call: {
  name: string
  args: unknown
  callId: string
  sessionId: string
}): Promise<ToolOutcome> {
  const body = { tool: call.name, arguments: call.args, call_id: call.callId, session_id: call.sessionId }
  return outcomeOf(callApi('/api/tools/execute', toolResult, { body }))
}

// They say nothing of what has become of it.
const SILENT = ['unreachable', 'unavailable', 'too_many_calls']

/** What has become of one that was waited for: it still is where nobody could tell. */
export async function readToolOutcome(taskId: string): Promise<ToolOutcome> {
  const answer = callApi(`/api/tasks/${taskId}`, toolResult)
  const isUnknown = await answer.then(
    () => false,
    ({ code }: AgentTaskError) => SILENT.includes(code),
  )
  return isUnknown ? { state: 'waiting', taskId, result: null } : outcomeOf(answer)
}

async function outcomeOf(answer: Promise<z.output<typeof toolResult>>): Promise<ToolOutcome> {
  try {
    const { ok, result, error, duration_ms } = await answer
    if (ok) return { state: 'done', result, durationMs: duration_ms }
    return { state: 'failed', result: { error: error ?? 'It failed.' }, durationMs: duration_ms }
  } catch (failure) {
    const { code, message, cause } = failure as AgentTaskError
    const { data: pending } = pendingAnswer.safeParse(cause)
    if (pending) return { state: 'waiting', taskId: pending.task_id, result: { waits: message } }
    return { state: 'failed', result: { error: { code, message } }, durationMs: null }
  }
}
