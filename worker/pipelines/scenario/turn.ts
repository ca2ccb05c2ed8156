import type { AgentInputItem } from '@openai/agents'
import type { Json } from '../../../shared/database.types.ts'
import { withoutPrivateIn } from '../../../shared/privacy.ts'
import type { ScenarioRequest } from '../../../shared/scenario-kinds.ts'
import {
  type AgentDefinition,
  type LoadedScenario,
  loadedScenario,
  overridden,
  refusedOverride,
} from '../../../shared/scenarios.ts'
import { callTool } from '../../agents/call-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { tagged } from '../../agents/tagged.ts'
import { TaskError } from '../../errors.ts'

/**
 * Loads what the task is about. A later attempt gets the same, whatever admins have saved since.
 *
 * @throws TaskError `no_scenario` where there is none for it, `invalid_scenario`
 */
export async function loadScenario(context: TaskContext): Promise<LoadedScenario> {
  const found = await callTool(context, 'load_scenario', {}, { isTold: false })
  if (found === null) {
    throw new TaskError('no_scenario', 'There is no scenario for this: name one, or begin a session with one.')
  }
  const loaded = loadedScenario.safeParse(found)
  if (loaded.success) {
    const { definition, override } = loaded.data
    return { ...loaded.data, definition: overridden(definition, override) }
  }
  const remedy = 'an admin has to save it again.'
  throw new TaskError('invalid_scenario', `The definition of the scenario is of another time: ${remedy}`)
}

/** Makes an agent the active one of the session, if there is a session, and tells whoever watches. Once in a task's life. */
export async function noteDecision(
  context: TaskContext,
  call: string,
  decision: {
    from: string
    to: string
    reason: string
    source: 'handoff' | 'orchestrator' | 'user' | 'escalation'
    scores?: Record<string, number>
  },
): Promise<void> {
  const about = { call: `decision:${call}`, agent: decision.from, isTold: false }
  await callTool(context, 'note_decision', { scores: {}, ...decision }, about)
}

/**
 * Who begins the turn, as the request wants it.
 * @throws TaskError `invalid_request`, `override_refused` in words for the user.
 */
export function firstOf(
  { scenarioId, definition, activeAgent }: LoadedScenario,
  request: ScenarioRequest,
): AgentDefinition {
  if (request.scenarioId !== undefined && request.scenarioId !== scenarioId) {
    throw new TaskError('invalid_request', `The session is one of the scenario "${scenarioId}": leave scenarioId out.`)
  }
  const { override = {} } = request
  const name = override.name ?? request.rootAgent ?? activeAgent
  const agent = definition.agents.find(each => each.name === name)
  if (!agent) throw new TaskError('invalid_request', `The scenario "${scenarioId}" has no agent "${name}".`)
  const problem = refusedOverride(definition, override)
  if (problem !== undefined) throw new TaskError('override_refused', problem)
  return {
    ...agent,
    instructions: override.instructions ?? agent.instructions,
    model: override.model ?? agent.model,
  }
}

/**
 * Looks at all who may get their turn, since any of them may before it ends.
 *
 * @param first the one that begins, as this turn wants it
 * @throws TaskError `model_not_allowed`
 */
export function refuseModels({ scenarioId, definition, refusedModels }: LoadedScenario, first: AgentDefinition): void {
  const cast = definition.agents.map(each => (each.name === first.name ? first : each))
  const refused = cast.find(({ model }) => model !== null && refusedModels.includes(model))
  if (!refused) return
  const remedy = 'an admin has to save the scenario with another one'
  const message = `The model "${refused.model}" of "${refused.title}" in "${scenarioId}" is not allowed any more: ${remedy}.`
  throw new TaskError('model_not_allowed', message)
}

/** Where the user is, for this turn alone: what was true of an earlier one need not be any more. */
export function asideOf(
  { definition, page: begun }: LoadedScenario,
  { page = begun }: Pick<ScenarioRequest, 'page'>,
): AgentInputItem[] {
  if (Object.keys(page).length === 0) return []
  const content = tagged('page', withoutPrivateIn(page as Json, definition.privacy.remove))
  return [{ type: 'message', role: 'user', content }]
}
