import type { z } from 'zod'
import type { Json } from '../../shared/database.types.ts'
import { isKind, type Kind, kinds } from '../../shared/kinds.ts'
import { type AgentRoom, openContext } from '../agents/context.ts'
import { TaskError } from '../errors.ts'
import type { Outcome, Perform, Task } from '../task.ts'
import { answerQuestion } from './assistant/pipeline.ts'
import type { Pipeline, Pipelines } from './pipeline.ts'

/** The registry: a new kind has its line here. */
const pipelines: Pipelines = {
  assistant: answerQuestion,
}

/** Performs a task with the pipeline of its kind. Request and response are checked against `shared/kinds`. */
export function createPerform(room: AgentRoom): Perform {
  return async (task, attempt): Promise<Outcome> => {
    const { kind, request } = parse(task)
    const context = await openContext(room, task, attempt)
    try {
      const pipeline = pipelines[kind] as Pipeline<Kind>
      const response = kinds[kind].response.parse(await pipeline(context, request))
      return { kind: 'completed', response }
    } catch (error) {
      if (!attempt.signal.aborted) throw error
      const answer = context.stream.textSoFar()
      return { kind: 'stopped', ...(answer && { response: { answer, partial: true } as Json }) }
    } finally {
      await context.stream.close()
    }
  }
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
