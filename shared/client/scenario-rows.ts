import { z } from 'zod'

const scenario = z.object({
  id: z.string(),
  enterprise_id: z.string().nullable(),
  version: z.number(),
  title: z.string(),
  description: z.string(),
  is_enabled: z.boolean(),
  updated_at: z.string(),
})

const begun = z.object({
  session_id: z.string(),
  scenario_id: z.string(),
  version: z.number(),
  active_agent: z.string(),
})

const decision = z.object({
  id: z.string(),
  task_id: z.string().nullable(),
  from_agent: z.string().nullable(),
  to_agent: z.string(),
  reason: z.string(),
  source: z.enum(['handoff', 'orchestrator', 'user', 'escalation']),
  created_at: z.string(),
})

const escalation = z.object({
  id: z.string(),
  session_id: z.string(),
  reason: z.string(),
  status: z.enum(['open', 'taken', 'closed']),
  taken_by: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
})

const said = z.object({
  seq: z.number(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  source: z.enum(['text', 'voice', 'human']),
  agent: z.string().nullable(),
  task_id: z.string().nullable(),
  created_at: z.string(),
})

/** A scenario, by its current version. */
export type Scenario = z.output<typeof scenario>
/** What a session was begun with, and which agent answers next. */
export type ScenarioSession = z.output<typeof begun>
/** A change of who answers. */
export type ScenarioDecision = z.output<typeof decision>
/** A conversation that a person is to take over. */
export type Escalation = z.output<typeof escalation>
/** Something that was said in a session: typed, spoken, or by a person in the agents' place. */
export type Said = z.output<typeof said>

/** The columns of each that a reader asks for. */
export const scenarioColumns = Object.keys(scenario.shape).join(',')
export const scenarioSessionColumns = Object.keys(begun.shape).join(',')
export const decisionColumns = Object.keys(decision.shape).join(',')
export const escalationColumns = Object.keys(escalation.shape).join(',')
export const saidColumns = Object.keys(said.shape).join(',')

/** Each reads rows. @throws ZodError if they are of another kind */
export const parseScenarios = (rows: unknown) => z.array(scenario).parse(rows)
export const parseScenarioSessions = (rows: unknown) => z.array(begun).parse(rows)
export const parseDecisions = (rows: unknown) => z.array(decision).parse(rows)
export const parseEscalations = (rows: unknown) => z.array(escalation).parse(rows)
export const parseSaid = (rows: unknown) => z.array(said).parse(rows)
