import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { Json } from '../../../../shared/database.types.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { isOfAgent, type ToolCall } from './calls-of.ts'

const json: z.ZodType<Json> = z.json()
const turns = z.array(
  z.object({
    task_id: z.string(),
    tool_calls: z.array(z.object({ tool_name: z.string(), input: json, result: json })),
  }),
)

const none: ReadonlyMap<string, ToolCall[]> = new Map()
const mostTurns = 100

/** What was called in each of the ended turns of a conversation, by the id of its task. */
export function useTurnCalls(sessionId: string | null, tasks: readonly AgentTask[] | null) {
  const ended = tasks?.filter(({ status }) => isFinished(status)).map(({ id, life }) => `${id} ${life}`) ?? []
  const { data } = useQuery<Map<string, ToolCall[]>, AgentTaskError>({
    queryKey: ['turn-calls', sessionId, ended],
    queryFn: () => readCalls(sessionId ?? ''),
    enabled: sessionId !== null && ended.length > 0,
    placeholderData: keepPreviousData,
  })
  return data ?? none
}

async function readCalls(sessionId: string): Promise<Map<string, ToolCall[]>> {
  const all = supabase.from('agent_session_turns').select('task_id,tool_calls').eq('session_id', sessionId)
  const rows = turns.parse(await answerOf(all.order('created_at', { ascending: false }).limit(mostTurns)))
  return new Map(
    rows.map(({ task_id, tool_calls }) => [
      task_id,
      tool_calls.filter(({ tool_name }) => isOfAgent(tool_name)).map(callOf),
    ]),
  )
}

function callOf(
  { tool_name, input, result }: { tool_name: string; input: Json; result: Json },
  index: number,
): ToolCall {
  return { key: `${index}`, name: tool_name, input, result, state: 'done' }
}
