import type { AgentDefinition, ScenarioDefinition } from '../../../shared/scenarios.ts'
import { argumentName } from './argument-words.ts'

/** What can be taken out of a context, as readers know it. */
export const privateNames: Record<ScenarioDefinition['privacy']['remove'][number], string> = {
  email: 'E-mail addresses',
  phone: 'Phone numbers',
  card: 'Card numbers',
  iban: 'Bank accounts',
  url: 'Links',
}

/** A new agent. */
export function newAgent(names: readonly string[]): AgentDefinition {
  const free = [...new Array(12).keys()].map(n => `agent_${n + 1}`).find(name => !names.includes(name)) ?? 'agent'
  return {
    name: free,
    title: 'New agent',
    description: 'Says what it is for, so that others know when to hand over.',
    instructions: 'You are …',
    model: null,
    voice: null,
    tools: [],
    handoffs: [],
    intents: [],
    pages: [],
  }
}

/** A new scenario, of one agent. */
export function newDefinition(): ScenarioDefinition {
  const agent = { ...newAgent([]), name: 'assistant', title: 'Assistant' }
  return {
    title: 'New scenario',
    description: 'Says what one comes here for.',
    rootAgent: agent.name,
    agents: [agent],
    moderation: { input: true, output: true, tolerates: [] },
    privacy: { remove: ['card', 'iban'] },
    overrides: { instructions: false, models: [] },
    pages: [],
  }
}

/** The same scenario where an agent has another name, wherever it is named. */
export function renamed(definition: ScenarioDefinition, index: number, name: string): ScenarioDefinition {
  const former = definition.agents[index]?.name
  // While two have the same name, nobody knows which of them is meant: then what names the former one stays.
  const isUnclear = definition.agents.some((agent, n) => n !== index && (agent.name === former || agent.name === name))
  const named = (each: string) => (each === former && !isUnclear ? name : each)
  return {
    ...definition,
    rootAgent: named(definition.rootAgent),
    agents: definition.agents.map((agent, n) => ({
      ...agent,
      name: n === index ? name : agent.name,
      handoffs: agent.handoffs.map(named),
    })),
  }
}

/** Which models a definition names and must not, each at its place. */
export function modelIssues({ agents, overrides }: ScenarioDefinition, allowed: readonly string[]) {
  const isRefused = (model: string | null) => model !== null && !allowed.includes(model)
  const refusal = (at: string, model: string | null) => ({
    at,
    message: `Scenarios may not name the model “${model}”.`,
  })
  return [
    ...agents.flatMap(({ model }, n) => (isRefused(model) ? refusal(`agents.${n}.model`, model) : [])),
    ...overrides.models.filter(isRefused).map(model => refusal('overrides.models', model)),
  ]
}

/** Where something is wrong, as readers know it: the agent, or the field. */
export function placeName(at: string, { agents }: ScenarioDefinition): string {
  const [part = '', index] = at.split('.')
  const agent = part === 'agents' && index !== undefined ? agents[Number(index)] : undefined
  if (agent) return agent.title || agent.name
  return argumentName(part)
}

/** A definition in lines that can be read and compared. */
export function linesOf(definition: ScenarioDefinition): string[] {
  const { title, description, rootAgent, agents, moderation, privacy, overrides, pages } = definition
  return [
    `Title: ${title}`,
    `Description: ${description}`,
    `Begins with: ${rootAgent}`,
    `Pages: ${listed(pages)}`,
    `Moderation of what users say: ${onOff(moderation.input)}`,
    `Moderation of what agents say: ${onOff(moderation.output)}`,
    `Tolerates: ${listed(moderation.tolerates)}`,
    `Removes: ${listed(privacy.remove)}`,
    `Turns may change instructions: ${onOff(overrides.instructions)}`,
    `Turns may choose models: ${listed(overrides.models)}`,
    ...agents.flatMap(agentLines),
  ]
}

function agentLines(agent: AgentDefinition): string[] {
  const { name, title, description, instructions, model, voice, tools, handoffs, intents, pages } = agent
  return [
    '',
    `Agent ${name}: ${title}`,
    `  Description: ${description}`,
    `  Model: ${model ?? 'the worker’s'}`,
    `  Voice: ${voice ?? 'the provider’s'}`,
    `  Tools: ${listed(tools)}`,
    `  Hands over to: ${listed(handoffs)}`,
    `  Intents: ${listed(intents)}`,
    `  Pages: ${listed(pages)}`,
    '  Instructions:',
    ...instructions.split('\n').map(line => `    ${line}`),
  ]
}

function listed(values: readonly string[]): string {
  return values.length > 0 ? values.join(', ') : 'none'
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off'
}
