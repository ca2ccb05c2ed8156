import { type McpServer, mcpTools } from '../../agents/mcp.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { TaskError } from '../../errors.ts'
import type { Pipeline } from '../pipeline.ts'
import { createTodoAgent } from './agents.ts'

/** Answers about the user's todos and keeps them, as a client of their MCP server; what is deleted, the user approves. */
export function createTodoChat(url: string): Pipeline<'todo-chat'> {
  const todos: McpServer = {
    name: 'todos',
    transport: { url },
    identity: true,
    approve: 'destructive',
    ownNames: true,
    callKeys: true,
  }
  return async (context, { prompt }) => {
    if (context.task.enterpriseId !== null) {
      const remedy = 'submit the task without an enterprise, whose admins could read it.'
      throw new TaskError('not_personal', `Todos are their user's alone: ${remedy}`)
    }
    const tools = await mcpTools(context, [todos, ...context.mcpServers])
    return { answer: await runAgent(context, createTodoAgent(context, tools), prompt, { isTurn: true }) }
  }
}
