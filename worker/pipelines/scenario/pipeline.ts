import type { ScenarioAnswer, ScenarioRequest } from '../../../shared/scenario-kinds.ts'
import type { LoadedScenario } from '../../../shared/scenarios.ts'
import type { TaskContext } from '../../agents/context.ts'
import { objectionIn } from '../../agents/faults.ts'
import { once } from '../../agents/journal.ts'
import { moderationGuardrail } from '../../agents/moderation.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { keepUnanswered } from '../../agents/session.ts'
import { TaskError } from '../../errors.ts'
import type { Pipeline } from '../pipeline.ts'
import { type Course, createCast } from './agents.ts'
import { asideOf, firstOf, loadScenario, noteDecision, refuseModels } from './turn.ts'

/**
 * Answers one turn with the agents of a scenario. The active one begins; whoever has the turn in the end is the active one
 * of the session from then on. While a person has taken over, or is asked to, agents keep silent.
 */
export const answerInScenario: Pipeline<'scenario'> = async (context, request) => {
  const scenario = await loadScenario(context)
  const first = firstOf(scenario, request)
  const instructions = [request.override, scenario.override].flatMap(override => override?.instructions ?? [])
  // They are the user's word, too, and no guardrail looks at instructions.
  if (instructions.length > 0) {
    await refuseObjectionable(context, scenario, { what: 'override', text: instructions.join('\n') })
  }
  if (scenario.escalation !== null) return leaveToPerson(context, scenario, request)
  refuseModels(scenario, first)

  const { activeAgent } = scenario
  if (first.name !== activeAgent) {
    const reason = 'The user has chosen this agent.'
    await noteDecision(context, 'choice', { from: activeAgent, to: first.name, reason, source: 'user' })
  }
  const course: Course = { handovers: [], isEscalated: false }
  const cast = createCast(context, { scenario, first, isSpoken: request.source === 'voice', course })
  const answer = await runAgent(context, cast, request.message, { isTurn: true, aside: asideOf(scenario, request) })
  await noteCourse(context, course, first.name)
  return {
    answer: course.isEscalated ? answer || null : answer,
    agent: lastOf(course, first.name),
    waitsForHuman: course.isEscalated,
    handoffs: course.handovers.map(({ to }) => to),
  }
}

/** When all is said: a turn that fails leaves the conversation where it was. */
async function noteCourse(context: TaskContext, course: Course, first: string): Promise<void> {
  for (const [index, handover] of course.handovers.entries()) {
    await noteDecision(context, String(index), { ...handover, source: 'handoff' })
  }
  if (!course.isEscalated) return
  const agent = lastOf(course, first)
  const reason = 'The agent has asked for a person.'
  await noteDecision(context, 'escalation', { from: agent, to: agent, reason, source: 'escalation' })
}

function lastOf({ handovers }: Course, first: string): string {
  return handovers.at(-1)?.to ?? first
}

/** The message is kept, for the person and for the agents after that. */
async function leaveToPerson(
  context: TaskContext,
  scenario: LoadedScenario,
  request: ScenarioRequest,
): Promise<ScenarioAnswer> {
  // Later the message is history, at which no guardrail looks again.
  await refuseObjectionable(context, scenario, { what: 'moderation', text: request.message })
  await keepUnanswered(context, request.message)
  return { answer: null, agent: scenario.activeAgent, waitsForHuman: true, handoffs: [] }
}

async function refuseObjectionable(
  context: TaskContext,
  { definition: { moderation } }: LoadedScenario,
  { what, text }: { what: string; text: string },
): Promise<void> {
  const { moderate, signal, telemetry } = context
  if (!moderate || !moderation.input) return
  const { judge } = moderationGuardrail(moderate, { signal, tolerates: moderation.tolerates })
  const work = async () => {
    const { tripwireTriggered, outputInfo } = await judge(text)
    if (tripwireTriggered) telemetry.contentRefused('input', outputInfo.categories)
    return { tripwireTriggered, outputInfo }
  }
  const verdict = await once(context, what, work, { kind: 'guardrail' })
  if (verdict.tripwireTriggered) throw new TaskError('content_refused', objectionIn(verdict.outputInfo))
}
