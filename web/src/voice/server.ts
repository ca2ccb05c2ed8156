import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import { callApi } from '../api.ts'
import {
  type ModerationDecision,
  moderationDecision,
  orchestrationDecision,
  type SessionInitPayload,
  sessionInitPayload,
  toolResult,
} from './payloads.ts'

/** What a page says about itself, for the choice of who answers. */
export type PageContext = {
  /** Where the user is. */
  path: string
  /** Chosen by the page or the user; else the server chooses. */
  scenarioId?: string | null
  rootAgent?: string | null
  /** Ids of what is in sight. */
  [id: string]: string | null | undefined
}

/** Which scenario, from whom, and in which session if it goes on. */
export type Choice = { scenarioId: string; rootAgent: string | null; sessionId: string | null }

/** Who is to answer on this page, as the page or else the server says. @throws AgentTaskError */
export async function chooseScenario(
  { scenarioId, rootAgent, ...page }: PageContext,
  signal: AbortSignal,
): Promise<Choice> {
  if (scenarioId && rootAgent) return { scenarioId, rootAgent, sessionId: null }
  const body = { page, messages: [], ...(scenarioId && { scenarioId }) }
  const decision = await callApi('/api/orchestrate', orchestrationDecision, { body, signal })
  return { ...decision, sessionId: null }
}

/** A key for one call, and who is in it. @throws AgentTaskError */
export function beginSession(choice: Choice, signal: AbortSignal): Promise<SessionInitPayload> {
  const query = { scenario_id: choice.scenarioId, root_agent: choice.rootAgent, session_id: choice.sessionId }
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

/** What a tool gave. */
export type ToolOutcome = { ok: boolean; result: unknown; durationMs: number | null }

/** Runs a tool with the user's rights. What went wrong is a result too, since the model has to hear of it. */
export async function executeTool(call: {
  name: string
  args: unknown
  callId: string
  sessionId: string
}): Promise<ToolOutcome> {
  const body = { tool: call.name, arguments: call.args, call_id: call.callId, session_id: call.sessionId }
  try {
    const { ok, result, error, duration_ms } = await callApi('/api/tools/execute', toolResult, { body })
    return { ok, result: ok ? result : { error: error ?? 'It failed.' }, durationMs: duration_ms }
  } catch (cause) {
    const { code, message } = cause as AgentTaskError
    return { ok: false, result: { error: { code, message } }, durationMs: null }
  }
}
