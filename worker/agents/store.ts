import type { AgentInputItem } from '@openai/agents'
import type { Json } from '../../shared/database.types.ts'
import type { Delta, Usage } from '../../shared/deltas.ts'
import type { TaskProgress } from '../../shared/task.ts'
import { type Db, insist } from '../db.ts'
import type { Attempt, Task } from '../task.ts'
import type { Telemetry, ToolRefusal } from '../telemetry.ts'
import type { DeltaWriter } from './delta-writer.ts'

/** A step as it is journalled; the migration `agents` says what the fields mean. */
export type StepRecord = {
  key: string
  kind: 'model' | 'tool' | 'handoff' | 'guardrail' | 'step' | 'retry' | 'turn'
  agent: string
  name: string
  status: 'started' | 'done'
  /** How long it took so far. */
  seconds?: number
  input?: Json
  output?: Json
  usage?: Usage
  /** US dollars; null when no price is known. */
  cost?: number | null
  /** The tokens that were taken from the rate limit beforehand. */
  reserved?: number
}

/** A step as a later attempt finds it. `input` is there for model calls only: {tools} that were offered. */
export type JournalledStep = Pick<StepRecord, 'key' | 'kind' | 'agent' | 'name' | 'status'> & {
  input: Json
  output: Json
}

/** A tool call that a person decides on. */
export type Approval = {
  key: string
  status: 'open' | 'approved' | 'rejected' | 'expired' | 'void'
  reason: string | null
  edited_arguments: Json
}

/** What is asked of a person; the migration `approvals` says what the fields mean. */
export type Question = {
  key: string
  agent: string
  tool_name: string
  arguments: Json
  decider?: 'owner' | 'member' | 'admin'
  quorum?: number
  not_asker?: boolean
  may_edit?: boolean
  expires_seconds?: number
}

/** What earlier attempts of this life have left behind. */
export type Left = {
  watched: boolean
  session_id: string | null
  last_seq: number
  steps: JournalledStep[]
  /** Keys of the model calls whose text was sent, and of the steps that were sent as done. */
  streamed: string[]
  approvals: Approval[]
}

/** What a tool of SQL has given; `refusal` says for what it was refused, if it was. */
type ToolOutput = { output: Json; refusal?: ToolRefusal }

/** Whether a model call may be made now, and if not, why or when. */
export type Admission =
  | { verdict: 'continue' }
  | { verdict: 'rate'; after_seconds: number }
  | { verdict: 'budget'; reason: string }

/** The agents' calls to the database for one attempt. Each brings back a verdict that may end the attempt. */
export type Store = {
  load: () => Promise<Left>
  recordSteps: (steps: StepRecord[]) => Promise<void>
  /** Tells whether somebody watches. */
  appendDeltas: (deltas: Delta[]) => Promise<boolean>
  /** Asks for leave to call a model. @param tokens how many it may take, estimated. */
  admitCall: (model: string, tokens: number, isPriced: boolean) => Promise<Admission>
  ask: (questions: Question[]) => Promise<void>
  /** Calls a tool of SQL as the task's user and journals it in the same transaction. */
  runTool: (step: Pick<StepRecord, 'key' | 'agent' | 'name' | 'input'>) => Promise<Json>
  /** The whole input of a session's turn, the same in each attempt; `until` is the last item before it. */
  freezeHistory: (items: AgentInputItem[]) => Promise<{ items: AgentInputItem[]; until: number }>
  reportProgress: (progress: TaskProgress) => Promise<void>
}

export function createStore(db: Db, deltas: DeltaWriter, task: Task, attempt: Attempt, telemetry: Telemetry): Store {
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
  /** Calls one that answers with its verdict beside more. */
  const judged = async <T>(what: string, call: () => Promise<Json>) => {
    const { verdict, ...answer } = (await insistOn(what, call)) as { verdict: string }
    obey(verdict)
    return { verdict, ...answer } as T
  }
  return {
    load: () => judged<Left>('look into the journal', () => db.call('load_journal', own)),
    recordSteps: async steps => {
      // A tool left behind has nothing more to say.
      attempt.signal.throwIfAborted()
      obey(await insistOn('step', () => db.call('record_steps', { ...own, p_steps: steps as Json[] })))
    },
    appendDeltas: async batch => {
      const { verdict, watched } = await deltas.append(task, batch, () => attempt.signal.aborted)
      obey(verdict)
      return watched
    },
    admitCall: (model, tokens, isPriced) => {
      const call = { ...own, p_model: model, p_tokens: tokens, p_is_priced: isPriced }
      return judged<Admission>('model call', () => db.call('admit_call', call))
    },
    ask: async questions => {
      obey(await insistOn('question', () => db.call('ask_approvals', { ...own, p_approvals: questions as Json[] })))
    },
    runTool: async step => {
      const ran = () => db.call('run_tool', { ...own, p_steps: [step] })
      const { output, refusal } = await judged<ToolOutput>('tool', ran)
      // Told here, where it is known that it has happened now and not in an earlier attempt.
      if (refusal) telemetry.toolRefused(task, { tool: step.name, agent: step.agent, reason: refusal })
      attempt.signal.throwIfAborted()
      return output
    },
    freezeHistory: items => judged('turn', () => db.call('freeze_history', { ...own, p_items: items as Json[] })),
    reportProgress: async progress => {
      obey(await insistOn('progress', () => db.call('report_progress', { ...own, p_progress: progress })))
    },
  }
}
