import type { AgentInputItem, InputGuardrail, OutputGuardrail, ToolInputGuardrailDefinition } from '@openai/agents'
import { APIError } from 'openai'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { TaskError } from '../errors.ts'
import type { TaskContext } from './context.ts'
import { objectionIn, providerFault } from './faults.ts'
import { createClient } from './models.ts'

/** What the provider objects to; the categories are its names, such as `violence` or `self-harm/intent`. */
type Finding = { flagged: boolean; categories: string[] }

/** Looks through texts. @throws TaskError when the provider fails; anything else when the signal fires. */
export type Moderate = (texts: string[], signal: AbortSignal) => Promise<Finding>

/** @property tolerates categories that are let pass, for agents that have to do with them. */
export type ModerationPolicy = { signal: AbortSignal; tolerates?: readonly string[] }

const NOTHING: Finding = { flagged: false, categories: [] }
// The provider looks at the first 32,768 tokens of a text, and a character is hardly ever more than one.
const LONGEST_PIECE = 30_000

const findings = z.object({
  results: z
    .array(z.object({ flagged: z.boolean(), categories: z.record(z.string(), z.boolean().nullable()) }))
    .nonempty(),
})

/** Moderation by the model provider; null where it is switched off. */
export function createModerator(model: Config['model']): Moderate | null {
  const name = model.moderation
  if (name === null) return null
  const client = createClient(model)
  return async (texts, signal) => {
    const input = texts.flatMap(piecesOf)
    if (input.length === 0) return NOTHING
    try {
      return findingOf(await client.moderations.create({ model: name, input }, { signal }))
    } catch (error) {
      throw signal.aborted ? error : moderationFault(error)
    }
  }
}

/**
 * Guardrails for an agent. The one for the input looks at what the user says anew, before the model sees it: what was
 * answered earlier in a conversation was let pass then, and a refused prompt shall not spoil the turns after it. The one
 * for the output looks at the final answer, whose text has been streamed by then.
 *
 * A guardrail that trips ends the run; `agentFault` makes `content_refused` of it.
 */
export function moderationGuardrail(moderate: Moderate, policy: ModerationPolicy) {
  const judge = async (place: 'input' | 'output', texts: string[]) => {
    const finding = await moderate(texts, policy.signal)
    const categories = finding.categories.filter(each => !policy.tolerates?.includes(each))
    const isTolerated = finding.categories.length > 0 && categories.length === 0
    return { tripwireTriggered: finding.flagged && !isTolerated, outputInfo: { place, categories } }
  }
  return {
    // Not beside the model: a tool could have acted before the verdict, and a replay must find the same order.
    input: {
      name: 'moderation',
      runInParallel: false,
      execute: ({ input }) => judge('input', newTextsOf(input)),
    } satisfies InputGuardrail,
    /** The same of a text that no agent gets now. */
    judge: (text: string) => judge('input', [text]),
    output: {
      name: 'moderation',
      execute: ({ agentOutput }) =>
        judge('output', [typeof agentOutput === 'string' ? agentOutput : JSON.stringify(agentOutput)]),
    } satisfies OutputGuardrail,
    /** For tools that show to people what an agent has written; the agent hears the objection and may write otherwise. */
    toolInput: {
      type: 'tool_input',
      name: 'moderation',
      run: async ({ toolCall }) => {
        const { tripwireTriggered, outputInfo } = await judge('output', [toolCall.arguments])
        if (!tripwireTriggered) return { outputInfo, behavior: { type: 'allow' } }
        return { outputInfo, behavior: { type: 'rejectContent', message: objectionIn(outputInfo) } }
      },
    } satisfies ToolInputGuardrailDefinition<TaskContext>,
  }
}

/** The user's texts since the last answer. */
function newTextsOf(input: string | AgentInputItem[]): string[] {
  if (typeof input === 'string') return [input]
  const lastAnswer = input.findLastIndex(item => 'role' in item && item.role === 'assistant')
  return input.slice(lastAnswer + 1).flatMap(item => {
    if (!('role' in item) || item.role !== 'user') return []
    if (typeof item.content === 'string') return [item.content]
    return item.content.flatMap(part => (part.type === 'input_text' ? [part.text] : []))
  })
}

function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let start = 0; start < text.length; start += LONGEST_PIECE) {
    // A cut through a surrogate pair would leave halves, which are no text.
    pieces.push(text.slice(start, start + LONGEST_PIECE).toWellFormed())
  }
  return pieces.filter(piece => piece.trim() !== '')
}

function findingOf(answer: unknown): Finding {
  const parsed = findings.safeParse(answer)
  if (!parsed.success) {
    throw new TaskError('malformed_output', 'The moderation answered in a form that cannot be read.', { retry: true })
  }
  const { results } = parsed.data
  const named = results.flatMap(({ categories }) => Object.keys(categories).filter(name => categories[name]))
  return {
    flagged: results.some(({ flagged }) => flagged),
    // They are shown to the user: what does not look like a category is none.
    categories: [...new Set(named)].filter(name => /^[a-z][a-z/_-]{0,40}$/i.test(name)).sort(),
  }
}

function moderationFault(error: unknown): TaskError {
  if (error instanceof APIError && error.status === 404) {
    const remedy = 'check MODERATION_MODEL of the worker, or set MODERATION=off'
    return new TaskError('model_not_found', `The provider has no such moderation: ${remedy}.`, { cause: error })
  }
  return providerFault(error)
}
