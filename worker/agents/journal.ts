import type { Json } from '../../shared/database.types.ts'
import { scopeHere } from './place.ts'
import type { JournalledStep, StepRecord, Store } from './store.ts'

/** The finished calls of this life of the task: what is in here is not called again. */
export type Journal = {
  find: (key: string) => JournalledStep | undefined
  /** Steps of one moment, in one write. */
  record: (...steps: StepRecord[]) => Promise<void>
}

export function openJournal(store: Store, left: readonly JournalledStep[]): Journal {
  const steps = new Map(left.map(step => [step.key, step]))
  return {
    find: key => steps.get(key),
    record: async (...records) => {
      await store.recordSteps(records)
      for (const { key, kind, agent, name, status, input, output } of records) {
        steps.set(key, { key, kind, agent, name, status, input: input ?? null, output: output ?? null })
      }
    },
  }
}

/**
 * Does some work once in the life of a task: a later attempt gets what it brought then. For all that costs money or has
 * an effect and is neither a model call nor a tool call. Name it uniquely within its run. If the worker dies in the
 * middle of it, it is done again.
 */
export async function once<T extends Json>(
  { journal }: { journal: Journal },
  name: string,
  work: () => Promise<T>,
  { kind = 'step', agent = '' }: { kind?: 'step' | 'guardrail'; agent?: string } = {},
): Promise<T> {
  const key = `step:${scopeHere()}:${name}`
  const found = journal.find(key)
  if (found) return found.output as T
  const startedAt = performance.now()
  const output = await work()
  await journal.record({ key, kind, agent, name, status: 'done', output, seconds: secondsSince(startedAt) })
  return output
}

/** @param startedAt of `performance.now()` */
export function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000
}
