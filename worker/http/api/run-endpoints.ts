import type { Context } from 'hono'
import { insertAgentTask, type Submission } from '../../../shared/client/submit-agent-task.ts'
import type { Kind } from '../../../shared/kinds.ts'
import {
  agentRunAnswer,
  agentRunRequest,
  orchestrateAnswer,
  orchestrateRequest,
  taskAnswer,
  taskPath,
} from '../../../shared/scenario-api.ts'
import type { Caller } from '../caller.ts'
import { AS_TASK, type Endpoint, endpoint, TASK_EVENTS } from './endpoint.ts'
import { insistOnAgent, readScenario, readSession } from './registry.ts'
import type { ApiRoom } from './room.ts'
import { answerWith, readStanding } from './task-end.ts'

/** What is done by a task: it is submitted and waited for. No agent runs here. */
export function createRunEndpoints(room: ApiRoom): Endpoint[] {
  const run = <K extends Kind>(asked: { c: Context; caller: Caller }, submission: Submission<K>) =>
    answerWith(room, asked, correlationId => insertAgentTask(asked.caller.supabase, { ...submission, correlationId }))
  return [
    endpoint({
      method: 'post',
      route: '/api/agent/run',
      name: 'runAgent',
      summary: 'One turn with the agents of a scenario, without a session.',
      schemas: { body: agentRunRequest, answer: agentRunAnswer },
      perMinute: 60,
      pending: AS_TASK,
      streams: TASK_EVENTS,
      handle: async asked => {
        const { body } = asked
        const { definition, enterpriseId } = await readScenario(asked.caller, body.scenario_id)
        if (body.root_agent) insistOnAgent(definition, body.root_agent)
        return run(asked, {
          kind: 'scenario',
          enterpriseId: enterpriseId ?? body.enterprise_id ?? null,
          scenarioId: body.scenario_id,
          message: body.user_input,
          source: 'text',
          ...(body.root_agent && { rootAgent: body.root_agent }),
          ...(body.page && { page: body.page }),
          ...(body.agent && { override: body.agent }),
        })
      },
    }),
    endpoint({
      method: 'post',
      route: '/api/orchestrate',
      name: 'orchestrate',
      summary: 'Which agent of a scenario should answer, by page and words.',
      schemas: { body: orchestrateRequest, answer: orchestrateAnswer },
      perMinute: 60,
      pending: AS_TASK,
      handle: async asked => {
        const { enterpriseId, ...request } = asked.body
        return run(asked, {
          kind: 'scenario-orchestration',
          ...request,
          isTurn: false,
          enterpriseId: await enterpriseOf(asked.caller, { ...request, enterpriseId }),
        })
      },
    }),
    endpoint({
      method: 'get',
      route: '/api/tasks/{id}',
      name: 'readTask',
      summary: 'The end of what was answered with 202.',
      schemas: { path: taskPath, answer: taskAnswer },
      perMinute: 600,
      pending: AS_TASK,
      streams: TASK_EVENTS,
      handle: async ({ c, caller, path }) => {
        // What is not the caller's is refused before a stream begins, since that has a status of its own.
        await readStanding(caller, path.id)
        return answerWith(room, { c, caller }, async () => path)
      },
    }),
  ]
}

type About = { sessionId?: string | undefined; scenarioId?: string | undefined; enterpriseId?: string | undefined }

/** Whose task it is to be: what it is about must be of the same enterprise. @throws Refusal */
async function enterpriseOf(caller: Caller, about: About): Promise<string | null> {
  if (about.sessionId) return (await readSession(caller, about.sessionId)).enterpriseId
  const own = about.scenarioId ? (await readScenario(caller, about.scenarioId)).enterpriseId : null
  return own ?? about.enterpriseId ?? null
}
