import { z } from 'zod'

const score = z.number().min(0).max(1)

/** Which agent a conversation goes on with, and why: what `scenario-orchestration` answers. */
export const orchestrationDecision = z.object({
  scenarioId: z.string(),
  rootAgent: z.string(),
  /** Who was the active one; null if nobody was. */
  previousAgent: z.string().nullable(),
  switched: z.boolean(),
  confidence: score,
  /** Of each agent by its name. */
  scores: z.record(z.string(), score),
  reason: z.string(),
})

/** What came of moderation. */
export const moderationDecision = z.object({
  flagged: z.boolean(),
  categories: z.array(z.string()),
  action: z.enum(['allow', 'block']),
  scores: z.record(z.string(), score).optional(),
})

/** What came of a tool that was called through the API. */
export const toolResult = z.object({
  tool: z.string(),
  ok: z.boolean(),
  result: z.json().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  duration_ms: z.number(),
})

const initialAgent = z.object({
  name: z.string(),
  title: z.string(),
  instructions: z.string(),
  voice: z.string().nullable(),
  handoffs: z.array(z.string()),
  tools: z.array(z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.json()) })),
})

/** All that a browser needs to begin a conversation by voice. */
export const sessionInitPayload = z.object({
  /** Ends soon, and opens nothing but this one session: a lasting key has no business in a browser. In seconds since 1970. */
  client_secret: z.object({ value: z.string().startsWith('ek_'), expires_at: z.int() }),
  model: z.string(),
  /** Where to connect, if not to the provider: the local stack. */
  url: z.url({ protocol: /^wss?$/ }).optional(),
  scenario_id: z.string(),
  version: z.int(),
  root_agent: z.string(),
  /** The root first. */
  initial_agents: z.array(initialAgent).min(1),
  guardrails: z.object({ input: z.boolean(), output: z.boolean(), tolerates: z.array(z.string()) }),
  session_id: z.string(),
})

export type OrchestrationDecision = z.output<typeof orchestrationDecision>
export type ModerationDecision = z.output<typeof moderationDecision>
export type SessionInitPayload = z.output<typeof sessionInitPayload>
