import { z } from 'zod'

// What the worker's HTTP API answers, as far as the dock reads it.

const tool = z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) })

const agent = z.object({
  name: z.string(),
  title: z.string(),
  instructions: z.string(),
  voice: z.string().nullish(),
  handoffs: z.array(z.string()),
  tools: z.array(tool),
})

/** What a call is begun with: a key for this one session, and the scenario's agents, the root first. */
export const sessionInitPayload = z.object({
  /** Ends soon, and opens nothing but the one session. */
  client_secret: z.object({ value: z.string().startsWith('ek_'), expires_at: z.number() }),
  model: z.string(),
  /** A socket to call instead of the provider: that of the demo model. */
  url: z.url({ protocol: /^wss?$/ }).optional(),
  scenario_id: z.string(),
  version: z.number(),
  root_agent: z.string(),
  initial_agents: z.array(agent).min(1),
  guardrails: z.object({ input: z.boolean(), output: z.boolean(), tolerates: z.array(z.string()) }),
  session_id: z.string(),
})
export type SessionInitPayload = z.output<typeof sessionInitPayload>

/** What came of a tool. */
export const toolResult = z.object({
  tool: z.string(),
  ok: z.boolean(),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
  duration_ms: z.number(),
})

/** Whether a text may pass. */
export const moderationDecision = z.object({
  flagged: z.boolean(),
  categories: z.array(z.string()),
  action: z.enum(['allow', 'block']),
})
export type ModerationDecision = z.output<typeof moderationDecision>

/** Those that one may begin with. */
export const scenarioList = z.object({
  scenarios: z.array(z.object({ id: z.string(), root_agent: z.string(), enterprise_id: z.string().nullable() })),
})

/** Who shall speak, in which scenario. */
export const orchestrationDecision = z.object({ scenarioId: z.string(), rootAgent: z.string() })
