import type { ModelProvider } from '@openai/agents'
import { isKind } from '../../shared/kinds.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import type { Attempt, Task } from '../task.ts'
import type { Telemetry } from '../telemetry.ts'
import type { Broadcast } from './broadcast.ts'
import type { DeltaWriter } from './delta-writer.ts'
import type { Identity } from './identity.ts'
import { type Journal, openJournal } from './journal.ts'
import type { McpServer } from './mcp-connection.ts'
import type { Moderate } from './moderation.ts'
import { type Progressing, reportProgress } from './progress.ts'
import { type Approval, createStore, type Store } from './store.ts'
import { openStream, type Stream } from './stream.ts'
import type { Traces } from './traces.ts'

/** What agents and their tools know of the task at hand; the SDK hands it to tools as `runContext.context`. */
export type TaskContext = {
  readonly task: Task
  /** Fires on cancel, lost lease, deadline and shutdown. */
  readonly signal: AbortSignal
  readonly models: ModelProvider
  /** Null where moderation is switched off. */
  readonly moderate: Moderate | null
  readonly model: Config['model']
  /** The session that the task is a turn of, or null. */
  readonly sessionId: string | null
  readonly journal: Journal
  /** What was asked of persons, by key. */
  readonly approvals: Map<string, Approval>
  /** The MCP servers that the operator gives the kind. */
  readonly mcpServers: McpServer[]
  readonly identity: Identity
  readonly traces: Traces
  readonly stream: Stream
  readonly store: Store
  readonly progress: Progressing
  readonly telemetry: Telemetry
  /** The name of the agent at work in each scope. */
  readonly agents: Map<string, string>
  /** The runs of agents that are under way, by name. */
  readonly runs: Map<string, Promise<unknown>>
  /** What has to be closed when the attempt ends. */
  readonly closers: (() => Promise<void>)[]
}

/** What all tasks of a process share. */
export type AgentRoom = {
  db: Db
  models: ModelProvider
  moderate: Moderate | null
  model: Config['model']
  mcpServers: Config['mcpServers']
  identity: Identity
  traces: Traces
  broadcast: Broadcast
  deltas: DeltaWriter
  telemetry: Telemetry
}

/** Opens an attempt: loads what earlier attempts have finished and goes on from there. */
export async function openContext(room: AgentRoom, task: Task, attempt: Attempt): Promise<TaskContext> {
  const { telemetry, models, moderate, model } = room
  const store = createStore(room.db, room.deltas, task, attempt, telemetry)
  const left = await store.load()
  return {
    task,
    signal: attempt.signal,
    models,
    moderate,
    model,
    sessionId: left.session_id,
    journal: openJournal(store, left.steps),
    approvals: new Map(left.approvals.map(approval => [approval.key, approval])),
    mcpServers: (isKind(task.kind) && room.mcpServers[task.kind]) || [],
    identity: room.identity,
    traces: room.traces,
    stream: openStream(task, store, room.broadcast, left),
    store,
    progress: reportProgress(store),
    telemetry,
    agents: new Map(),
    runs: new Map(),
    closers: [],
  }
}
