import type { Left, StepRecord, Store } from './store.ts'

/** The finished calls of this life of the task: what is in here is not called again. */
export type Journal = {
  find: (key: string) => Left['steps'][number] | undefined
  record: (step: StepRecord) => Promise<void>
}

export function openJournal(store: Store, left: Left): Journal {
  const steps = new Map(left.steps.map(step => [step.key, step]))
  return {
    find: key => steps.get(key),
    record: async step => {
      await store.recordStep(step)
      steps.set(step.key, { key: step.key, status: step.status, output: step.output ?? null })
    },
  }
}
