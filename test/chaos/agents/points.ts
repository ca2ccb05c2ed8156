import type { ModelProvider } from '@openai/agents'
import type { Db } from '../../../worker/db.ts'

/** A place in an attempt: what was about to happen or had just happened, and for which time in that attempt. */
export type Point = { attempt: number; label: string; n: number }

/** Passes points; at the one where it is to die the process ends as it stands. */
export type Pass = (label: string) => void

/** @param death where to die, if at all; its attempt is the caller's business. */
export function createPass(death: Point | null): { pass: Pass; passed: () => Omit<Point, 'attempt'>[] } {
  const counts = new Map<string, number>()
  const passed: Omit<Point, 'attempt'>[] = []
  const pass = (label: string) => {
    const n = (counts.get(label) ?? 0) + 1
    counts.set(label, n)
    passed.push({ label, n })
    if (death?.label === label && death.n === n) dieNow()
  }
  return { pass, passed: () => passed }
}

/** No handler runs, no buffer is written. */
function dieNow(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}

/** The connection with a point before and after each call. */
export function withPoints(db: Db, pass: Pass): Db {
  return {
    ...db,
    call: async (name, args) => {
      const label = labelOf(name, args as Record<string, unknown>)
      pass(`before ${label}`)
      const result = await db.call(name, args)
      pass(`after ${label}`)
      return result
    },
  }
}

/** The models with points while their answers come. */
export function withPointsInStreams(models: ModelProvider, pass: Pass): ModelProvider {
  return {
    getModel: async name => {
      const model = await models.getModel(name)
      return {
        getResponse: request => model.getResponse(request),
        getStreamedResponse: async function* (request) {
          let deltas = 0
          for await (const event of model.getStreamedResponse(request)) {
            yield event
            if (event.type !== 'output_text_delta') continue
            deltas += 1
            // So that what has come is on its way to the readers.
            await new Promise(setImmediate)
            if (deltas === 1 || deltas === 4) pass(`in stream, piece ${deltas}`)
          }
        },
      }
    },
  }
}

type Said = { kind?: string; name?: string; agent?: string; status?: string; tool_name?: string }

function labelOf(name: string, args: Record<string, unknown>): string {
  const said = (args.p_steps ?? args.p_approvals ?? []) as Said[]
  const words = said.map(({ kind, name, agent, status, tool_name }) =>
    [kind, tool_name ?? (kind === 'model' ? agent : name), status].filter(Boolean).join(' '),
  )
  const outcomes = (args.p_outcomes ?? []) as string[]
  return [name, ...words, ...outcomes].join(' ')
}

/** Points of one sort: where names of tools and agents make no difference. */
export function sortOf({ label }: Point): string {
  return label
    .replace(/(model|handoff|guardrail|step) .*? (done|started)/g, '$1 $2')
    .replace(/tool (?!charge|ask_)\w+/g, 'tool')
    .replace(/ask_(?!approvals)\w+/, 'agent')
    .replace(/(ask_approvals) .*/, '$1')
    .replace(/effect (?!charge)\w+/, 'effect')
}
