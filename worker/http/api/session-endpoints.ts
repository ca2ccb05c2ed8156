import type { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { insertAgentTask } from '../../../shared/client/submit-agent-task.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import {
  messageAnswer,
  messageRequest,
  sessionCreated,
  sessionCreateRequest,
  transcript,
  transcriptQuery,
} from '../../../shared/scenario-api.ts'
import type { Caller } from '../caller.ts'
import { AS_TASK, type Endpoint, endpoint, TASK_EVENTS } from './endpoint.ts'
import { beginSession, insistOnAgent, readDefinition, readSession } from './registry.ts'
import type { ApiRoom } from './room.ts'
import { answerWith } from './task-end.ts'

/** Conversations with the agents of a scenario, whose turns any worker takes. */
export function createSessionEndpoints(room: ApiRoom): Endpoint[] {
  return [
    endpoint({
      method: 'post',
      route: '/api/sdk/session/create',
      name: 'createSession',
      summary: 'Begins a session with a scenario. The same id again gives the same session.',
      schemas: { body: sessionCreateRequest, answer: sessionCreated },
      perMinute: 60,
      handle: async ({ caller, body }) => {
        const { instructions, model } = body
        const session = await beginSession(caller, {
          scenarioId: body.scenario_id,
          sessionId: body.session_id,
          rootAgent: body.agent_name,
          page: body.page,
          enterpriseId: body.enterprise_id,
          ...((instructions !== undefined || model !== undefined) && { override: { instructions, model } }),
        })
        const definition = await readDefinition(caller, session)
        return {
          status: 200,
          body: {
            session_id: session.id,
            agent_name: session.activeAgent,
            model: insistOnAgent(definition, session.activeAgent).model ?? room.modelName,
            scenario_id: session.scenarioId,
            version: session.version,
          },
        }
      },
    }),
    endpoint({
      method: 'post',
      route: '/api/sdk/session/message',
      name: 'sendMessage',
      summary: 'Says something in a session, and gives what its agents answer.',
      schemas: { body: messageRequest, answer: messageAnswer },
      perMinute: 60,
      pending: AS_TASK,
      streams: TASK_EVENTS,
      handle: async ({ c, caller, body }) => {
        const session = await readSession(caller, body.session_id)
        return answerWith(room, { c, caller }, correlationId =>
          insertAgentTask(caller.supabase, {
            kind: 'scenario',
            correlationId,
            sessionId: session.id,
            enterpriseId: session.enterpriseId,
            message: body.user_input,
            source: body.source,
            ...(body.page && { page: body.page }),
            ...(body.agent && { override: body.agent }),
          }),
        )
      },
    }),
    endpoint({
      method: 'get',
      route: '/api/sdk/session/transcript',
      name: 'readTranscript',
      summary: 'What was said in a session, by text, by voice and by people, in order.',
      schemas: { query: transcriptQuery, answer: transcript },
      perMinute: 240,
      handle: async ({ caller, query }) => ({ status: 200, body: await readTranscript(caller, query) }),
    }),
  ]
}

const said = transcript.shape.items
const columns = 'seq,role,text,source,agent,task_id,created_at'

async function readTranscript(
  caller: Caller,
  { session_id, cursor, limit }: z.output<typeof transcriptQuery>,
): Promise<z.input<typeof transcript>> {
  await readSession(caller, session_id)
  const all = () => caller.supabase.from('session_transcript')
  const [page, counted] = await Promise.all([
    all()
      .select(columns)
      .eq('session_id', session_id)
      .gt('seq', cursor)
      .order('seq')
      // One more tells whether there is more.
      .limit(limit + 1)
      .abortSignal(AbortSignal.timeout(patienceMs)),
    all()
      .select('seq', { count: 'exact', head: true })
      .eq('session_id', session_id)
      .abortSignal(AbortSignal.timeout(patienceMs)),
  ])
  if (page.error) throw errorOfResponse(page.error, page.status)
  if (counted.error) throw errorOfResponse(counted.error, counted.status)
  const found = said.parse(page.data)
  const items = found.slice(0, limit)
  const next_cursor = found.length > limit ? (items.at(-1)?.seq ?? null) : null
  return { session_id, items, length: counted.count ?? 0, next_cursor }
}
