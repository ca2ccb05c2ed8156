import type { Tool } from '@openai/agents'
import { z } from 'zod'
import { codeTool } from '../../agents/code-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { userTool } from '../../agents/user-tool.ts'
import { compute } from './arithmetic.ts'

/** The assistant's tools. */
export function createTools(): Tool<TaskContext>[] {
  const currentTime = codeTool({
    name: 'current_time',
    description: 'The current date and time in a time zone.',
    parameters: z.object({ timeZone: z.string().describe('IANA name such as Europe/Berlin; UTC if unknown.') }),
    execute: ({ timeZone }) => {
      const style = { dateStyle: 'full', timeStyle: 'long', timeZone } as const
      return new Intl.DateTimeFormat('en-GB', style).format(new Date())
    },
  })

  const calculate = codeTool({
    name: 'calculate',
    description: 'Computes an arithmetic expression, for example (3 + 4) * sqrt(2).',
    parameters: z.object({ expression: z.string() }),
    execute: ({ expression }) => compute(expression),
  })

  const recentTasks = userTool({
    name: 'recent_tasks',
    description: 'What this user asked most recently in the same enterprise, with status and answer, the newest first.',
    parameters: z.object({ limit: z.int().min(1).max(20) }),
  })

  return [currentTime, calculate, recentTasks]
}
