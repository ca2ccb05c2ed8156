import { z } from 'zod'
import type { RequestOf } from '../../../shared/kinds.ts'
import { callTool } from '../../agents/call-tool.ts'
import type { TaskContext } from '../../agents/context.ts'
import { runAgent } from '../../agents/run-agent.ts'
import { TaskError } from '../../errors.ts'
import type { Pipeline } from '../pipeline.ts'
import { createCoordinator } from './agents.ts'
import type { Research } from './research/research.ts'
import { briefFor, createWriter, storeModule } from './writer.ts'

const MAX_TURNS = 100
/** For planning, for research, and for all modules together. */
const AGENT_SECONDS = 1_800
const WRITER_SECONDS = 300

const employee = z.object({ id: z.string(), name: z.string(), gaps: z.int() }).nullable()
const ended = z.object({
  planId: z.string(),
  title: z.string(),
  modules: z.array(z.object({ number: z.int(), title: z.string(), contentId: z.string() })),
  missing: z.array(z.int()),
})

/**
 * Makes a course that closes the skill gaps of one employee. What its agents have stored stays, also when the task ends
 * badly.
 */
export function createCourseGeneration(research: Research): Pipeline<'course-generation'> {
  return async (context, request) => {
    const { id, name, gaps } = await loadEmployee(context)
    if (gaps === 0) {
      throw new TaskError(
        'no_gaps',
        `${name} has every skill that the position asks for: there is no gap to make a course of.`,
      )
    }
    // By the task's id, because a fork has copied its origin's journal, but has no course of its own yet.
    await callTool(context, 'begin_course', {}, { call: `begin_course:${context.task.id}` })
    context.progress.report({ text: 'Planning the course' })
    const options = { maxTurns: MAX_TURNS, agentTimeoutSeconds: AGENT_SECONDS }
    const input = wordsOf(request, { id, name })
    const summary = await runAgent(context, createCoordinator(context, research), input, options)
    const { missing, ...course } = await finish(context, summary)
    if (missing.length === 0) return { ...course, summary }
    const message = `The agents ended without writing module ${missing.join(', ')}; all else is kept. Write what is missing on the page of the course.`
    throw new TaskError('course_unfinished', message)
  }
}

/** Writes one module of a course again, as a new version. */
export const rewriteModule: Pipeline<'course-module'> = async (context, { module, prompt }) => {
  await loadEmployee(context)
  const brief = await briefFor(context, module, prompt)
  const { content_id, title } = await writeOrMend(context, module, brief)
  const { planId } = await finish(context, null)
  return { planId, number: module, title, contentId: content_id }
}

/** A text that is refused is written once more, with the reason. */
async function writeOrMend(context: TaskContext, module: number, brief: string) {
  const write = (input: string, name = '') =>
    runAgent(context, createWriter(context), input, { name, agentTimeoutSeconds: WRITER_SECONDS })
  try {
    return await storeModule(context, module, await write(brief))
  } catch (error) {
    if (!(error instanceof TaskError && error.code === 'tool_refused')) throw error
    const mended = await write(`${brief}\n\nAn earlier text was not stored: ${error.message}`, 'mended')
    return storeModule(context, module, mended, 'mended')
  }
}

/** @throws TaskError when there is nobody to make a course for. */
async function loadEmployee(context: TaskContext): Promise<NonNullable<z.output<typeof employee>>> {
  const { enterpriseId, userId } = context.task
  if (userId === null)
    throw new TaskError('user_required', 'A course is made with somebody’s rights: submit the task as a user.')
  if (enterpriseId === null) {
    throw new TaskError(
      'enterprise_required',
      'An employee belongs to an enterprise: submit the task with its "enterpriseId".',
    )
  }
  const found = employee.parse(await callTool(context, 'load_employee'))
  if (!found)
    throw new TaskError(
      'no_such_employee',
      'There is no such employee or course in this enterprise, or none that you may see.',
    )
  return found
}

function wordsOf(
  { prompt, modules }: RequestOf<'course-generation'>,
  { id, name }: { id: string; name: string },
): string {
  return [
    `Generate a course for employee ${JSON.stringify(name)} (ID: ${id}).`,
    `Modules asked for: ${modules ?? 'no number in particular'}.`,
    `Wish: ${prompt ? JSON.stringify(prompt) : 'none in particular.'}`,
  ].join('\n')
}

async function finish(context: TaskContext, summary: string | null) {
  return ended.parse(await callTool(context, 'finish_course', { summary }))
}
