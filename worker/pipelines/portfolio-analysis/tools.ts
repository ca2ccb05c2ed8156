import type { FunctionTool } from '@openai/agents'
import { z } from 'zod'
import { chart } from '../../../shared/portfolio.ts'
import type { TaskContext } from '../../agents/context.ts'
import { type ToolGuardrails, userTool } from '../../agents/user-tool.ts'
import { chartProblem } from './charts.ts'

// All of these are tools of SQL (the migration `portfolio`). They find their task, and by it the user and the analysis, in
// the run context that the SDK gives to tools; no argument of theirs could name another one.

/** Stored texts on markets, by words. */
export function getMarketInsights(): FunctionTool<TaskContext> {
  return userTool({
    name: 'get_market_insights',
    description: 'Up to three stored texts on markets that have words of the query, with source and date.',
    parameters: z.object({
      query: z.string().describe('A few words on one subject, such as "bond yields inflation".'),
    }),
  })
}

/** Draws one chart into `charts_payload`, whose words `inputGuardrails` look through. */
export function createChart(inputGuardrails: ToolGuardrails): FunctionTool<TaskContext> {
  return userTool({
    name: 'create_chart',
    inputGuardrails,
    description: 'Adds a chart to the analysis. Says what is wrong with it if it cannot be drawn.',
    parameters: chart,
    check: chartProblem,
  })
}

/** Ends the analysis with `summary_payload`, whose words `inputGuardrails` look through. */
export function finalizeJob(inputGuardrails: ToolGuardrails): FunctionTool<TaskContext> {
  return userTool({
    name: 'finalize_job',
    inputGuardrails,
    description: 'Ends the analysis. Call it once, when the specialists that are needed have answered.',
    parameters: z.object({
      summary: z.string().describe('Two to four sentences for the owner of the portfolio.'),
      highlights: z.array(z.string()).describe('Up to eight short points, the most important first.'),
    }),
  })
}
