import type { Json } from '../../shared/database.types.ts'
import type { Delta } from '../../shared/deltas.ts'
import { type Db, insist } from '../db.ts'
import type { Attempt, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'

/** A step as it is journalled; the migration `journal` says what the fields mean. */
export type StepRecord = {
  key: string
  kind: 'model' | 'tool' | 'handoff'
  agent: string
  name: string
  status: 'started' | 'done'
  /** How long it took so far. */
  seconds?: number
  input?: Json
  output?: Json
  usage?: Json
}

/** What earlier attempts of this life have left behind. */
export type Left = {
  last_seq: number
  steps: { key: string; status: 'started' | 'done'; output: Json }[]
  /** Keys of the model calls whose text was sent, and of the steps that were sent as done. */
  streamed: string[]
}

/** The agents' calls to the database for one attempt. Each brings back a verdict that may end the attempt. */
export type Store = {
  load: () => Promise<Left>
  recordStep: (step: StepRecord) => Promise<void>
  appendDeltas: (deltas: Delta[]) => Promise<void>
  /** What the task's user submitted lately, read with that user's rights. */
  recentTasks: (limit: number) => Promise<Json>
}

export function createStore(db: Db, task: Task, attempt: Attempt, telemetry: Telemetry): Store {
  const own = { p_task: task.id, p_lease: task.leaseId }
  const obey = (verdict: unknown) => {
    if (verdict === 'cancel') attempt.stop('cancel')
    if (verdict === 'lost') {
      attempt.stop('lost')
      throw new Error('This attempt has lost its task.')
    }
  }
  // All of these bear a repetition, so an outage shorter than the lease costs nothing that was paid for.
  const insistOn = <T>(what: string, call: () => Promise<T>) => {
    const onFailure = (error: unknown) => telemetry.databaseFailed(what, error)
    return insist(call, { giveUp: () => attempt.signal.aborted, onFailure })
  }
  return {
    load: async () => {
      const journal = await insistOn('look into the journal', () => db.call('load_journal', own))
      const { verdict, ...left } = journal as Left & { verdict: string }
      obey(verdict)
      return left
    },
    recordStep: async step => {
      // A tool left behind has nothing more to say.
      attempt.signal.throwIfAborted()
      obey(await insistOn('step', () => db.call('record_steps', { ...own, p_steps: [step] })))
    },
    appendDeltas: async deltas => {
      obey(await insistOn('delta', () => db.call('append_deltas', { ...own, p_deltas: deltas as Json[] })))
    },
    recentTasks: limit => db.call('recent_tasks', { ...own, p_limit: limit }),
  }
}
