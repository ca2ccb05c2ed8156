import type { ModelProvider } from '@openai/agents'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import type { Attempt, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Broadcast } from './broadcast.ts'
import { type Journal, openJournal } from './journal.ts'
import { createStore, type Store } from './store.ts'
import { openStream, type Stream } from './stream.ts'

/** What agents and their tools know of the task at hand; the SDK hands it to tools as `runContext.context`. */
export type TaskContext = {
  readonly task: Task
  /** Fires on cancel, lost lease and shutdown. */
  readonly signal: AbortSignal
  readonly models: ModelProvider
  readonly modelName: string
  readonly modelTimeoutSeconds: number
  readonly journal: Journal
  readonly stream: Stream
  readonly store: Store
  readonly telemetry: Telemetry
  /** The name of the agent whose turn it is. */
  agentAtWork: string
}

/** What all tasks of a process share. */
export type AgentRoom = {
  db: Db
  models: ModelProvider
  model: Config['model']
  broadcast: Broadcast
  telemetry: Telemetry
}

/** Opens an attempt: loads what earlier attempts have finished and goes on from there. */
export async function openContext(room: AgentRoom, task: Task, attempt: Attempt): Promise<TaskContext> {
  const store = createStore(room.db, task, attempt, room.telemetry)
  const left = await store.load()
  return {
    task,
    signal: attempt.signal,
    models: room.models,
    modelName: room.model.name,
    modelTimeoutSeconds: room.model.timeoutSeconds,
    journal: openJournal(store, left),
    stream: openStream(task, store, room.broadcast, left),
    store,
    telemetry: room.telemetry,
    agentAtWork: '',
  }
}
