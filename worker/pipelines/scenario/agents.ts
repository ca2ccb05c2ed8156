import { Agent, type FunctionToolResult, type Handoff, handoff } from '@openai/agents'
import { instructionsFor } from '../../../shared/scenario-instructions.ts'
import { isScenarioTool } from '../../../shared/scenario-tools.ts'
import type { AgentDefinition, LoadedScenario } from '../../../shared/scenarios.ts'
import type { TaskContext } from '../../agents/context.ts'
import { moderationGuardrail } from '../../agents/moderation.ts'
import { scenarioTools, type Terms } from './tools.ts'

/** One agent handed the turn over to another. */
type Handover = { from: string; to: string; reason: string }

/** What goes on in a turn; a later attempt meets it again. */
export type Course = {
  handovers: Handover[]
  /** A person was asked to take over. */
  isEscalated: boolean
}

type Given = {
  scenario: LoadedScenario
  /** The one that begins, as this turn wants it. */
  first: AgentDefinition
  isSpoken: boolean
  course: Course
}

/** Makes the agents of a scenario, who may hand over in circles, and gives the one that begins. */
export function createCast(context: TaskContext, given: Given): Agent<TaskContext> {
  const { scenario, first, course } = given
  const make = createMaker(context, given)
  const definitions = scenario.definition.agents.map(each => (each.name === first.name ? first : each))
  const agents = new Map(definitions.map(each => [each.name, make(each)]))
  for (const { name, handoffs } of definitions) {
    const next = handoffs.map(to => agentNamed(agents, to))
    agentNamed(agents, name).handoffs = next.map(to => handoverTo(to, name, course))
  }
  return agentNamed(agents, first.name)
}

function createMaker(context: TaskContext, { scenario, isSpoken, course }: Given) {
  const { scenarioId, definition } = scenario
  const { input, output, tolerates } = definition.moderation
  const { moderate, signal } = context
  const moderation = moderate && moderationGuardrail(moderate, { signal, tolerates })
  const terms: Terms = {
    remove: definition.privacy.remove,
    guardrails: moderation && output ? [moderation.toolInput] : [],
  }
  return (agent: AgentDefinition) =>
    new Agent<TaskContext>({
      name: agent.name,
      instructions: instructionsFor(scenarioId, agent, { isSpoken }),
      handoffDescription: agent.description,
      model: agent.model ?? context.model.name,
      modelSettings: { store: false },
      tools: agent.tools.filter(isScenarioTool).map(name => scenarioTools[name](terms)),
      inputGuardrails: moderation && input ? [moderation.input] : [],
      outputGuardrails: moderation && output ? [moderation.output] : [],
      toolUseBehavior: (_context, results) => {
        if (!results.some(isEscalation)) return { isFinalOutput: false, isInterrupted: undefined }
        course.isEscalated = true
        // What the agent has said beside the call; the next word is the person's.
        return { isFinalOutput: true, isInterrupted: undefined, finalOutput: context.stream.textSoFar() }
      },
    })
}

function agentNamed(agents: Map<string, Agent<TaskContext>>, name: string): Agent<TaskContext> {
  const agent = agents.get(name)
  if (!agent) throw new Error(`The scenario has no agent "${name}", though its definition was checked.`)
  return agent
}

/** A handoff that says why. A model that leaves the reason out hands over all the same. */
function handoverTo(to: Agent<TaskContext>, from: string, course: Course): Handoff<TaskContext> {
  const made = handoff(to)
  made.inputJsonSchema = {
    type: 'object',
    properties: { reason: { type: 'string', description: 'Why, in a few words.' } },
    required: ['reason'],
    additionalProperties: false,
  }
  made.onInvokeHandoff = async (_context, given) => {
    course.handovers.push({ from, to: to.name, reason: reasonIn(given) })
    return to
  }
  return made
}

function reasonIn(given: string): string {
  const { reason } = (parsed(given) ?? {}) as { reason?: unknown }
  return typeof reason === 'string' ? reason.slice(0, 300) : ''
}

/** Told by what SQL has written: a call that was refused is for the agent to read. */
function isEscalation(result: FunctionToolResult): boolean {
  if (result.type !== 'function_output' || result.tool.name !== 'escalate_to_human') return false
  const output = typeof result.output === 'string' ? parsed(result.output) : result.output
  return typeof output === 'object' && output !== null && 'escalation' in output
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
