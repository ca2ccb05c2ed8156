import type { TaskProgress } from '../../shared/task.ts'
import type { Store } from './store.ts'

/** Says how far a pipeline is; shown in lists and on the task's page. */
export type Progressing = {
  report: (progress: TaskProgress) => void
  /** Resolves when the last of it is written. */
  end: () => Promise<void>
}

/** At most so often is the row changed, which all who watch it are told of. */
const PAUSE_MS = 1_000

/** Of several reports within a second the last counts. One that cannot be written is no reason to fail. */
export function reportProgress(store: Pick<Store, 'reportProgress'>): Progressing {
  let latest: TaskProgress | undefined
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let wroteAt = Number.NEGATIVE_INFINITY

  const write = () => {
    clearTimeout(timer)
    timer = undefined
    if (writing || !latest) return
    const progress = latest
    latest = undefined
    wroteAt = performance.now()
    writing = store
      .reportProgress(progress)
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
        writeSoon()
      })
  }
  const writeSoon = () => {
    if (writing || timer || !latest) return
    timer = setTimeout(write, Math.max(0, wroteAt + PAUSE_MS - performance.now()))
  }

  return {
    report: progress => {
      latest = progress
      writeSoon()
    },
    end: async () => {
      while (writing || latest) {
        write()
        await writing
      }
    },
  }
}
