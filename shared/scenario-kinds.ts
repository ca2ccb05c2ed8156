import { z } from 'zod'
import { isScenarioTool } from './scenario-tools.ts'
import { pageContext, scenarioId } from './scenarios.ts'

const agentName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'This is no name of an agent.')

/** What a turn asks. In a session of a scenario `scenarioId` is that one's; without a session it must be there. */
export const scenarioRequest = z.object({
  message: z
    .string()
    .trim()
    .min(1, 'The message is empty: say something.')
    .max(8000, 'Shorten the message to 8,000 characters.'),
  source: z.enum(['text', 'voice']).default('text'),
  scenarioId: scenarioId.optional(),
  /** Who shall answer, where the user chooses. */
  rootAgent: agentName.optional(),
  /** Where the user is by now. */
  page: pageContext.optional(),
  /**
   * For this turn, as far as the scenario allows it. The name is that of one of its agents, as `rootAgent`. Of nothing else
   * there may be another one, least of all of tools: what is left unsaid here is refused, never passed over.
   */
  override: z
    .strictObject({
      name: agentName.optional(),
      instructions: z.string().trim().min(1).max(8000).optional(),
      model: z.string().min(1).max(100).optional(),
    })
    .optional(),
})

/** How a turn ended. */
export const scenarioAnswer = z.object({
  /** Null when a person is to answer. */
  answer: z.string().nullable(),
  /** Who answers the next turn. */
  agent: z.string(),
  waitsForHuman: z.boolean(),
  /** To whom the turn was handed over, in order. */
  handoffs: z.array(z.string()),
})

/** Who should answer? Asked of a scenario, of a session with one, or of a page that chooses one. */
export const orchestrationRequest = z.object({
  scenarioId: scenarioId.optional(),
  sessionId: z.guid().optional(),
  page: pageContext.optional(),
  /** The latest last. */
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), text: z.string().max(8000) })).max(20),
})

/** A call of a tool outside of a turn, as a conversation by voice makes them: of a session, or of a scenario. */
export const scenarioToolRequest = z.object({
  tool: z.string().refine(isScenarioTool, 'There is no such tool.'),
  arguments: z.record(z.string(), z.json()),
  sessionId: z.guid().optional(),
  scenarioId: scenarioId.optional(),
})

/** What came of it. */
export const scenarioToolAnswer = z.object({
  ok: z.boolean(),
  result: z.json().optional(),
  /** `tool_refused`: the tool says why. `not_allowed`: people or the content check do. `too_many_calls`: not so often. */
  error: z.object({ code: z.enum(['tool_refused', 'not_allowed', 'too_many_calls']), message: z.string() }).optional(),
})

export type ScenarioRequest = z.output<typeof scenarioRequest>
export type ScenarioAnswer = z.output<typeof scenarioAnswer>
export type OrchestrationRequest = z.output<typeof orchestrationRequest>
export type ScenarioToolRequest = z.output<typeof scenarioToolRequest>
export type ScenarioToolAnswer = z.output<typeof scenarioToolAnswer>
