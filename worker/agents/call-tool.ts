import type { Json } from '../../shared/database.types.ts'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { scopeHere } from './place.ts'

/**
 * Calls a tool of SQL, `agent_tools.<name>`, for the pipeline itself, without any agent: with the rights of the task's user
 * and exactly once, as `userTool` does it for agents. A later attempt gets what it brought then.
 *
 * @param call tells several calls of one tool in the same run apart: the same in each attempt.
 * @param isTold whether it goes to the stream, as the calls of agents do.
 * @throws TaskError `tool_refused` with what the tool says against it.
 */
export async function callTool(
  context: Pick<TaskContext, 'journal' | 'store' | 'stream'>,
  name: string,
  input: Json = {},
  { call = name, agent = '', isTold = true }: { call?: string; agent?: string; isTold?: boolean } = {},
): Promise<Json> {
  const key = `tool:${scopeHere()}/own:${call}`
  const found = context.journal.find(key)
  const output = found?.status === 'done' ? found.output : await context.store.runTool({ key, agent, name, input })
  if (isTold) context.stream.step({ key, kind: 'tool', agent, name, input, output, status: 'done' })
  const refusal = errorIn(output)
  if (refusal !== undefined) throw new TaskError('tool_refused', `${name} refuses: ${refusal}`)
  return output
}

function errorIn(output: Json): string | undefined {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return undefined
  return typeof output.error === 'string' ? output.error : undefined
}
