import type { z } from 'zod'
import type { Json } from '../../shared/database.types.ts'
import { isKind, type Kind, kinds } from '../../shared/kinds.ts'
import { type AgentRoom, openContext, type TaskContext } from '../agents/context.ts'
import { Parked } from '../agents/parked.ts'
import { faultOf, TaskError } from '../errors.ts'
import type { Outcome, Perform, Task } from '../task.ts'
import { answerQuestion } from './assistant/pipeline.ts'
import { createCourseGeneration, rewriteModule } from './course-generation/pipeline.ts'
import type { Research } from './course-generation/research/research.ts'
import { answerAtOrderDesk } from './order-desk/pipeline.ts'
import type { Pipeline, Pipelines } from './pipeline.ts'
import { analysePortfolio } from './portfolio-analysis/pipeline.ts'
import { orchestrate } from './scenario/orchestration.ts'
import { answerInScenario } from './scenario/pipeline.ts'
import { callScenarioTool } from './scenario/tool-call.ts'
import { createTodoChat } from './todo-chat/pipeline.ts'

/** What some kinds need beside agents: `main.ts` makes it by the settings. */
export type Services = {
  research: Research
  /** Where the todos are an MCP server: a worker's `/mcp`. */
  todosUrl: string
}

/** The registry: a new kind has its line here. */
function createPipelines({ research, todosUrl }: Services): Pipelines {
  return {
    assistant: answerQuestion,
    'order-desk': answerAtOrderDesk,
    'portfolio-analysis': analysePortfolio,
    'course-generation': createCourseGeneration(research),
    'course-module': rewriteModule,
    'todo-chat': createTodoChat(todosUrl),
    scenario: answerInScenario,
    'scenario-orchestration': orchestrate,
    'scenario-tool': callScenarioTool,
  }
}

/** Performs a task with the pipeline of its kind. Request and response are checked against `shared/kinds`. */
export function createPerform(room: AgentRoom, services: Services): Perform {
  const pipelines = createPipelines(services)
  return async (task, attempt): Promise<Outcome> => {
    const { kind, request } = parse(task)
    const context = await openContext(room, task, attempt)
    try {
      const pipeline = pipelines[kind] as Pipeline<Kind>
      const response = kinds[kind].response.parse(await pipeline(context, request))
      return { kind: 'completed', response }
    } catch (error) {
      // Other runs of the task go on to their end: what they have paid for is then in the journal.
      await Promise.allSettled(context.runs.values())
      if (attempt.signal.aborted) return { kind: 'stopped', ...soFar(context) }
      if (error instanceof Parked) return { kind: 'waiting' }
      if (error instanceof TaskError && error.code === 'budget_exhausted') {
        return { kind: 'failed', error: faultOf(error), ...soFar(context) }
      }
      throw error
    } finally {
      await Promise.all([context.progress.end(), context.stream.close(), ...context.closers.map(close => close())])
    }
  }
}

/** What has been written by the time that a task is cut off. */
function soFar({ stream }: TaskContext): { response?: Json } {
  const answer = stream.textSoFar()
  return answer ? { response: { answer, partial: true } } : {}
}

function parse({ kind, payload }: Task) {
  if (!isKind(kind)) {
    const known = Object.keys(kinds).join(', ')
    throw new TaskError('unknown_kind', `No worker knows the kind "${kind}". It may be one of: ${known}.`)
  }
  const parsed = kinds[kind].request.safeParse(payload)
  if (!parsed.success) {
    throw new TaskError('invalid_request', `request_payload does not fit the kind "${kind}": ${wordsOf(parsed.error)}`)
  }
  return { kind, request: parsed.data }
}

function wordsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`).join(' ')
}
