import { z } from 'zod'
import { errorAnswer } from './http.ts'
import { orchestrationRequest, scenarioRequest } from './scenario-kinds.ts'
import { moderationDecision, orchestrationDecision, sessionInitPayload, toolResult } from './scenario-results.ts'
import { agentDefinition, pageContext, scenarioDefinition, scenarioId } from './scenarios.ts'

// What a worker answers over HTTP about scenarios and with their agents. Names are those of the README's "Over HTTP".

const agentName = agentDefinition.shape.name

/** `GET /api/scenarios` */
export const scenarioList = z.object({
  scenarios: z.array(
    z.object({
      id: z.string(),
      version: z.int(),
      title: z.string(),
      description: z.string(),
      root_agent: z.string(),
      /** Null: everybody's. */
      enterprise_id: z.guid().nullable(),
    }),
  ),
})

export const scenarioPath = z.object({ id: scenarioId })

/** `GET /api/scenarios/{id}`: the version that is current. */
export const scenarioDetail = scenarioList.shape.scenarios.element.extend({
  agents: scenarioDefinition.shape.agents,
  guardrails: sessionInitPayload.shape.guardrails,
  privacy: scenarioDefinition.shape.privacy,
  overrides: scenarioDefinition.shape.overrides,
  pages: scenarioDefinition.shape.pages,
})

/** `GET /api/session`: a key for one conversation by voice, which ends soon. `url` is where that is not the provider's. */
export const realtimeKey = sessionInitPayload.pick({ client_secret: true, model: true, url: true })

/** `GET /api/session2` */
export const sessionInitQuery = z.object({
  scenario_id: scenarioId,
  root_agent: agentName.optional(),
  /** One's own, to go on with it, or one of one's making. */
  session_id: z.guid().optional(),
  enterprise_id: z.guid().optional(),
})

export const sessionInitAnswer = sessionInitPayload.meta({ id: 'SessionInitPayload' })

/** Within what the scenario allows. */
const override = scenarioRequest.shape.override.unwrap()

/** `POST /api/sdk/session/create`. The same id again gives the same session. */
export const sessionCreateRequest = z.strictObject({
  session_id: z.guid().optional(),
  /** Of a session that is there, and where one scenario alone has such an agent, it may be left out. */
  scenario_id: scenarioId.optional(),
  /** Who answers first; else the scenario's root. */
  agent_name: agentName.optional(),
  /** What that agent is told in this session, and its model, within what the scenario allows. */
  instructions: override.shape.instructions,
  model: override.shape.model,
  page: pageContext.optional(),
  enterprise_id: z.guid().optional(),
})
export const sessionCreated = z.object({
  session_id: z.guid(),
  agent_name: z.string(),
  model: z.string(),
  scenario_id: z.string(),
  version: z.int(),
})

/** `POST /api/sdk/session/message` */
export const messageRequest = z.strictObject({
  session_id: z.guid(),
  user_input: scenarioRequest.shape.message,
  source: z.enum(['text', 'voice']).default('text'),
  page: pageContext.optional(),
  agent: override.optional(),
})
export const messageAnswer = z.object({
  session_id: z.guid(),
  task_id: z.guid(),
  /** Empty while a person is to answer. */
  final_output: z.string(),
  /** How many items the turn has added to the session. */
  new_items_len: z.int(),
  /** The names of the tools, in the order of the calls. */
  tool_calls: z.array(z.string()),
  /** Who answers next. */
  agent_name: z.string(),
  handoffs: z.array(z.string()),
  waits_for_human: z.boolean(),
})

/** `GET /api/sdk/session/transcript` */
export const transcriptQuery = z.object({
  session_id: z.guid(),
  /** As `next_cursor` gives it. */
  cursor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(100),
})
export const transcript = z.object({
  session_id: z.guid(),
  items: z.array(
    z.object({
      seq: z.int(),
      role: z.enum(['user', 'assistant']),
      text: z.string(),
      source: z.enum(['text', 'voice', 'human']),
      agent: z.string().nullable(),
      task_id: z.guid().nullable(),
      created_at: z.string(),
    }),
  ),
  /** Of the whole transcript. */
  length: z.int(),
  /** Null: there is no more for now. */
  next_cursor: z.int().nullable(),
})

/** `POST /api/agent/run`: one turn without a session. */
export const agentRunRequest = z.strictObject({
  scenario_id: scenarioId,
  root_agent: agentName.optional(),
  user_input: scenarioRequest.shape.message,
  page: pageContext.optional(),
  agent: override.optional(),
  enterprise_id: z.guid().optional(),
})
const toolCall = z.object({ tool_name: z.string(), input: z.unknown(), result: z.unknown() })
export const agentRunAnswer = z.object({
  /** Of the task that it was. */
  id: z.guid(),
  output: z.array(z.object({ type: z.literal('output_text'), text: z.string() })),
  tool_calls: z.array(toolCall),
  agent_name: z.string(),
  handoffs: z.array(z.string()),
})

/** `POST /api/tools/execute`: of one's session, or of a scenario's current version. */
export const toolRequest = z
  .strictObject({
    tool: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'This is no name of a tool.'),
    arguments: z.record(z.string(), z.json()).default({}),
    session_id: z.guid().optional(),
    scenario_id: scenarioId.optional(),
    enterprise_id: z.guid().optional(),
    /** The provider's id of the call: the same again, in the same session, is the same call. */
    call_id: z.string().min(1).max(100).optional(),
  })
  .refine(({ session_id, scenario_id }) => (session_id === undefined) !== (scenario_id === undefined), {
    message: 'Name either the session or the scenario.',
  })
export const toolAnswer = toolResult.meta({ id: 'ToolResult' })

/** `POST /api/orchestrate` */
export const orchestrateRequest = z.strictObject({ ...orchestrationRequest.shape, enterpriseId: z.guid().optional() })
export const orchestrateAnswer = orchestrationDecision.meta({ id: 'OrchestrationDecision' })

/** `POST /api/context/snapshot` */
export const snapshotRequest = z.strictObject({
  /** Its policy says what is taken out; without it, all that can be. */
  scenario_id: scenarioId.optional(),
  page: pageContext,
})
export const snapshotAnswer = z.object({
  /** For a model. */
  context: z.string(),
  /** What the names in it stand for. Not for a model. */
  references: z.record(z.string(), z.string()),
  removed: z.array(z.string()),
  is_cut: z.boolean(),
})

/** `POST /api/moderate` */
export const moderateRequest = z.strictObject({
  text: z.string().min(1, 'There is no text.').max(32_000),
  direction: z.enum(['input', 'output']).default('input'),
  /** Its policy says what is let pass; without it, nothing is. */
  scenario_id: scenarioId.optional(),
})
export const moderateAnswer = moderationDecision
  .extend({
    /** False where scenario or operator have switched it off. */
    checked: z.boolean(),
  })
  .meta({ id: 'ModerationDecision' })

const longText = z.string().min(1).max(32_000)

/** `POST /api/responses`: what of the provider's Responses API is allowed. No tools, no files, nothing stored. */
export const responsesRequest = z.strictObject({
  model: z.string().min(1).max(100).optional(),
  input: z.union([
    longText,
    z
      .array(z.strictObject({ role: z.enum(['user', 'assistant', 'developer']), content: longText }))
      .min(1)
      .max(50),
  ]),
  instructions: z.string().max(8000).optional(),
  max_output_tokens: z.int().min(16).max(4096).optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  text: z
    .strictObject({
      format: z.union([
        z.strictObject({ type: z.literal('text') }),
        z.strictObject({ type: z.literal('json_object') }),
        z.strictObject({
          type: z.literal('json_schema'),
          name: z.string().regex(/^[\w-]{1,64}$/),
          schema: z.record(z.string(), z.json()),
          strict: z.boolean().optional(),
        }),
      ]),
    })
    .optional(),
  stream: z.boolean().optional(),
})
/** As the provider answers; what else it says is left out. */
export const responsesAnswer = z.object({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.number(),
  status: z.string(),
  model: z.string(),
  output: z.array(z.unknown()),
  usage: z
    .object({ input_tokens: z.number(), output_tokens: z.number(), total_tokens: z.number() })
    .nullish()
    .transform(usage => usage ?? null),
})

/** The answer of 202: it goes on, or waits for consent. `GET /api/tasks/{id}` has the end. */
export const pendingAnswer = z.object({
  task_id: z.guid(),
  status: z.enum(['scheduled', 'pending', 'processing', 'waiting']),
  /** Of the call that has submitted the task; null: it came another way. */
  correlation_id: z.string().nullable(),
  /** What is asked of people; decided by `decide_agent_approval`. */
  approvals: z.array(
    z.object({ id: z.guid(), tool_name: z.string(), input: z.unknown(), expires_at: z.string().nullable() }),
  ),
})
export const taskPath = z.object({ id: z.guid('This is no id of a task.') })
export const taskAnswer = z.union([messageAnswer, agentRunAnswer, toolAnswer, orchestrateAnswer])

export const refusalAnswer = errorAnswer.meta({ id: 'Error' })

export type PendingAnswer = z.output<typeof pendingAnswer>
