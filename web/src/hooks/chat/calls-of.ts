import type { Json } from '../../../../shared/database.types.ts'
import type { Step } from '../../../../shared/deltas.ts'
import { type AgentTask, isFinished } from '../../../../shared/task.ts'

/** A tool call as a chat shows it. Without an outcome it runs, or waits. */
export type ToolCall = {
  key: string
  name: string
  input?: Json | undefined
  result?: Json | undefined
  state: 'running' | 'waiting' | 'done' | 'cut-off'
}

// What pipelines ask the database for themselves.
const own = new Set(['load_scenario', 'note_decision'])

/** Tells whether a call is one that an agent has made. */
export function isOfAgent(name: string): boolean {
  return !own.has(name)
}

/** The tool calls of a turn as far as they are. */
export function callsOf(task: AgentTask, steps: readonly Step[]): ToolCall[] {
  return steps
    .filter(({ kind, name }) => kind === 'tool' && isOfAgent(name))
    .map(({ key, name, input, output, status }) => ({
      key,
      name,
      input,
      result: output,
      state: status === 'done' ? 'done' : stateOf(task),
    }))
}

function stateOf({ status }: AgentTask): ToolCall['state'] {
  if (isFinished(status)) return 'cut-off'
  return status === 'processing' ? 'running' : 'waiting'
}
