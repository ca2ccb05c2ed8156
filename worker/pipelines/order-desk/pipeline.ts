import { runAgent } from '../../agents/run-agent.ts'
import type { Pipeline } from '../pipeline.ts'
import { createOrderDesk } from './agents.ts'

/** Answers a question of a shop's staff, and refunds where that is asked for and allowed. */
export const answerAtOrderDesk: Pipeline<'order-desk'> = async (context, { prompt }) => ({
  answer: await runAgent(context, createOrderDesk(context), prompt, { isTurn: true }),
})
