import { z } from 'zod'
import { isScenarioTool } from './scenario-tools.ts'

// The database asks all of this again (private.check_scenario), since not every definition comes by here.

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'A name has 1 to 40 small letters, digits and "_", a letter first.')
const line = (most: number) => z.string().max(most).regex(/\S/, 'This is empty.')
const path = z.string().max(200).startsWith('/', 'The path of a page begins with "/".')
const isWithoutTwins = [(all: string[]) => new Set(all).size === all.length, 'Name each once.'] as const
const words = (most: number) =>
  z
    .array(line(60))
    .max(most)
    .refine(...isWithoutTwins)
const paths = z
  .array(path)
  .max(20)
  .refine(...isWithoutTwins)

/** The id of a scenario. */
export const scenarioId = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'An id has 1 to 40 small letters, digits, "_" and "-", a letter first.')

/** An agent of a scenario. */
export const agentDefinition = z.strictObject({
  name,
  title: line(100),
  /** For the other agents, who decide by it whether to hand over. */
  description: line(500),
  instructions: line(8000),
  /** Null: the worker's model. */
  model: line(100).nullable(),
  /** Null: the provider's. */
  voice: line(40).nullable(),
  tools: z
    .array(z.string().refine(isScenarioTool, 'There is no such tool.'))
    .max(12)
    .refine(...isWithoutTwins),
  /** The names of the agents that it may hand over to. */
  handoffs: z
    .array(name)
    .max(11)
    .refine(...isWithoutTwins),
  /** Words and phrases that speak for it. */
  intents: words(40),
  /** Where its user is when it is the right one: beginnings of paths. */
  pages: paths,
})

/** What is taken out of a context before a model sees it. */
export const privateThing = z.enum(['email', 'phone', 'card', 'iban', 'url'])

/** All that makes a version of a scenario. */
export const scenarioDefinition = z
  .strictObject({
    title: line(100),
    description: line(500),
    rootAgent: name,
    agents: z.array(agentDefinition).min(1).max(12),
    /** @property tolerates categories of the provider that are let pass, such as `violence`. */
    moderation: z.strictObject({ input: z.boolean(), output: z.boolean(), tolerates: words(20) }),
    privacy: z.strictObject({
      remove: z
        .array(privateThing)
        .max(5)
        .refine(...isWithoutTwins),
    }),
    /** What a single turn may change. */
    overrides: z.strictObject({
      instructions: z.boolean(),
      models: z
        .array(line(100))
        .max(20)
        .refine(...isWithoutTwins),
    }),
    /** Where the scenario is chosen by itself: beginnings of paths. */
    pages: paths,
  })
  .superRefine(({ rootAgent, agents }, context) => {
    const names = agents.map(agent => agent.name)
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (!names.includes(rootAgent)) refuse(['rootAgent'], `There is no agent "${rootAgent}" to begin with.`)
    agents.forEach((agent, n) => {
      if (names.indexOf(agent.name) !== n) refuse(['agents', n, 'name'], `Two agents are called "${agent.name}".`)
      agent.handoffs.forEach((to, m) => {
        const place = ['agents', n, 'handoffs', m]
        if (to === agent.name) refuse(place, 'An agent cannot hand over to itself.')
        else if (!names.includes(to)) refuse(place, `There is no agent "${to}" to hand over to.`)
      })
    })
  })

/** Where the user is, and what is there. All ids are the user's word: row-level security decides what is shown. */
export const pageContext = z.object({
  path: z.string().max(500).startsWith('/').optional(),
  title: z.string().max(200).optional(),
  /** Records of this enterprise alone; without it, the user's own of none. */
  enterpriseId: z.guid().optional(),
  /** A word or name that drafts and requests must have. */
  project: z.string().max(200).optional(),
  records: z
    .array(z.object({ type: z.enum(['order', 'task', 'draft', 'todo']), id: z.string().max(100) }))
    .max(20)
    .optional(),
})

const record = z.object({ ref: z.string(), type: z.string(), id: z.string(), title: z.string(), details: z.json() })

/** What `context_snapshot` gives. `ref` names a record where its id is nobody's business; no two things have the same. */
export const contextSnapshot = z.object({
  records: z.array(record),
  access: z.object({
    enterprise: z.string().nullable(),
    role: z.enum(['member', 'admin']).nullable(),
    isPlatformAdmin: z.boolean(),
  }),
  drafts: z.array(
    z.object({
      ref: z.string(),
      id: z.string(),
      title: z.string(),
      kind: z.string(),
      status: z.string(),
      excerpt: z.string(),
      updatedAt: z.string(),
    }),
  ),
})

/** What one agent is in one session, by the word of who has begun it. */
export const sessionOverride = z.object({
  name: z.string(),
  instructions: z.string().optional(),
  model: z.string().optional(),
})

/** A definition as it is in a session with this override. */
export function overridden(
  definition: ScenarioDefinition,
  override: z.output<typeof sessionOverride> | null,
): ScenarioDefinition {
  if (!override) return definition
  const { name, instructions, model } = override
  const agents = definition.agents.map(agent =>
    agent.name === name
      ? { ...agent, instructions: instructions ?? agent.instructions, model: model ?? agent.model }
      : agent,
  )
  return { ...definition, agents }
}

/** Why a turn or a session may not bring this, or undefined. */
export function refusedOverride(
  { overrides }: ScenarioDefinition,
  { instructions, model }: { instructions?: string | undefined; model?: string | undefined },
): string | undefined {
  if (instructions !== undefined && !overrides.instructions) {
    return 'The scenario lets nobody change instructions: leave them out.'
  }
  if (model === undefined || overrides.models.includes(model)) return undefined
  const choice = overrides.models.length > 0 ? `choose of ${overrides.models.join(', ')}` : 'leave it out'
  return `The scenario does not allow the model "${model}": ${choice}.`
}

/** What `agent_tools.load_scenario` gives to the pipeline. */
export const loadedScenario = z.object({
  scenarioId: z.string(),
  version: z.int(),
  definition: scenarioDefinition,
  activeAgent: z.string(),
  page: pageContext,
  escalation: z.enum(['open', 'taken']).nullable(),
  isNew: z.boolean(),
  override: sessionOverride.nullable(),
  /** Models that the definition names and that are not allowed by now. */
  refusedModels: z.array(z.string()),
})

export type ScenarioDefinition = z.output<typeof scenarioDefinition>
export type AgentDefinition = z.output<typeof agentDefinition>
export type PageContext = z.output<typeof pageContext>
export type ContextSnapshot = z.output<typeof contextSnapshot>
export type LoadedScenario = z.output<typeof loadedScenario>
