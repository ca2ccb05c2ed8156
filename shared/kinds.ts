import { z } from 'zod'
import { course, courseRequest, moduleRequest, rewrittenModule } from './courses.ts'
import { analysis, analysisRequest } from './portfolio.ts'
import {
  orchestrationRequest,
  scenarioAnswer,
  scenarioRequest,
  scenarioToolAnswer,
  scenarioToolRequest,
} from './scenario-kinds.ts'
import { orchestrationDecision } from './scenario-results.ts'

const prompt = z
  .string('Send the question as text in "prompt".')
  .trim()
  .min(1, 'The prompt is empty: ask something.')
  .max(32_000, 'The prompt is longer than 32,000 characters: shorten it.')

/**
 * Every kind of task: what its `request_payload` must be, and what its `response_payload` will be.
 * Browser and worker parse with the same schemas. Adding a kind begins here.
 */
export const kinds = {
  /** Answers a question. */
  assistant: {
    request: z.object({ prompt, context: z.record(z.string(), z.json()).optional() }),
    response: z.object({ answer: z.string() }),
  },
  /** Looks up orders of a shop, answers, and refunds: the kind that shows all that agents can do. */
  'order-desk': {
    request: z.object({ prompt }),
    response: z.object({ answer: z.string() }),
  },
  /** Keeps the todo list of the task's own user. A task of no enterprise. */
  'todo-chat': {
    request: z.object({ prompt }),
    response: z.object({ answer: z.string() }),
  },
  /** Analyses the portfolio of the task's own user: report, charts, projection, summary. A task of no enterprise. */
  'portfolio-analysis': { request: analysisRequest, response: analysis },
  /** Makes a course that closes an employee's skill gaps. A task of the employee's enterprise. */
  'course-generation': { request: courseRequest, response: course },
  /** Writes one module of such a course again. */
  'course-module': { request: moduleRequest, response: rewrittenModule },
  /** A turn with the agents of a scenario: of a session that was begun with it, or alone. */
  scenario: { request: scenarioRequest, response: scenarioAnswer },
  /** Chooses which agent of a scenario is to answer. */
  'scenario-orchestration': { request: orchestrationRequest, response: orchestrationDecision },
  /** Calls a tool that an agent of a scenario has, with the rights of the task's user. */
  'scenario-tool': { request: scenarioToolRequest, response: scenarioToolAnswer },
} as const

/** The name of a kind of task. */
export type Kind = keyof typeof kinds
/** What a request of this kind carries, after parsing. */
export type RequestOf<K extends Kind> = z.output<(typeof kinds)[K]['request']>
/** What a completed task of this kind answers. */
export type ResponseOf<K extends Kind> = z.output<(typeof kinds)[K]['response']>

/** Kinds that pages and programs ask for by themselves: nobody has asked such a question, so lists of questions leave them out. */
export const kindsOfPrograms: readonly string[] = ['scenario-orchestration', 'scenario-tool'] satisfies Kind[]

/** Tells whether a kind is one of ours; rows may name any. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name)
}
