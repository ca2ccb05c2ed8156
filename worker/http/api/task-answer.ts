import type { z } from 'zod'
import { errorOfResponse } from '../../../shared/client/agent-task-error.ts'
import { patienceMs } from '../../../shared/client/supabase.ts'
import { type Kind, kinds } from '../../../shared/kinds.ts'
import type { agentRunAnswer, messageAnswer, toolAnswer } from '../../../shared/scenario-api.ts'
import { isScenarioTool } from '../../../shared/scenario-tools.ts'
import type { Caller } from '../caller.ts'
import type { TaskRow } from './task-end.ts'

type ToolResult = z.input<typeof toolAnswer>
type Answering = (caller: Caller, task: TaskRow) => Promise<unknown>

const ANSWERS: Partial<Record<Kind, Answering>> = {
  scenario: (caller, task) => (task.session_id ? messageOf(caller, task, task.session_id) : runOf(caller, task)),
  'scenario-orchestration': async (_caller, task) => task.response_payload,
  'scenario-tool': async (_caller, task) => toolResultOf(task),
}

/** Tells whether tasks of a kind are answered over HTTP. */
export function isAnswered(kind: Kind): boolean {
  return kind in ANSWERS
}

/** What the endpoint of a completed task answers. */
export async function answerOf(caller: Caller, task: TaskRow): Promise<unknown> {
  return ANSWERS[task.kind as Kind]?.(caller, task)
}

async function messageOf(caller: Caller, task: TaskRow, session_id: string): Promise<z.input<typeof messageAnswer>> {
  const { answer, agent, handoffs, waitsForHuman } = kinds.scenario.response.parse(task.response_payload)
  const [calls, new_items_len] = await Promise.all([readCalls(caller, task), countItems(caller, session_id, task.id)])
  return {
    session_id,
    task_id: task.id,
    final_output: answer ?? '',
    new_items_len,
    tool_calls: calls.map(({ tool_name }) => tool_name),
    agent_name: agent,
    handoffs,
    waits_for_human: waitsForHuman,
  }
}

async function runOf(caller: Caller, task: TaskRow): Promise<z.input<typeof agentRunAnswer>> {
  const { answer, agent, handoffs } = kinds.scenario.response.parse(task.response_payload)
  const output = answer === null ? [] : [{ type: 'output_text' as const, text: answer }]
  return { id: task.id, output, tool_calls: await readCalls(caller, task), agent_name: agent, handoffs }
}

function toolResultOf({ request_payload, response_payload, created_at, finished_at }: TaskRow): ToolResult {
  const { tool } = kinds['scenario-tool'].request.parse(request_payload)
  const duration_ms = Date.parse(finished_at ?? created_at) - Date.parse(created_at)
  return { tool, ...kinds['scenario-tool'].response.parse(response_payload), duration_ms }
}

/** What agents have called, without what the pipeline calls for itself. */
async function readCalls({ supabase }: Caller, { id, life }: TaskRow) {
  const query = supabase.from('agent_tool_calls').select('tool_name,input,result')
  const { data, error, status } = await query
    .match({ task_id: id, life, status: 'done' })
    .order('id')
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return data.flatMap(({ tool_name, input, result }) =>
    tool_name && isScenarioTool(tool_name) ? [{ tool_name, input, result }] : [],
  )
}

async function countItems({ supabase }: Caller, session_id: string, task_id: string): Promise<number> {
  const query = supabase.from('agent_session_items').select('seq', { count: 'exact', head: true })
  const { count, error, status } = await query
    .match({ session_id, task_id })
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return count ?? 0
}
