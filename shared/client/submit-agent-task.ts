import { z } from 'zod'
import type { Database } from '../database.types.ts'
import { type Kind, kinds, type RequestOf } from '../kinds.ts'
import { type AgentTask, isFinished } from '../task.ts'
import { AgentTaskError, errorOfResponse, errorOfTask } from './agent-task-error.ts'
import { readRow } from './read-task.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { parseTask, taskColumns } from './task-rows.ts'
import { watchTask } from './watch-task.ts'

/** What to do and for whom: the kind's own fields, and how it is to be queued. */
export type Submission<K extends Kind = 'assistant'> = RequestOf<K> & {
  /** `assistant` by default. */
  kind?: K
  /** The tenant; the user must belong to it. */
  enterpriseId?: string | null
  /** 0 to 9; the higher runs first. */
  priority?: number
  /** Not before this moment. */
  runAt?: Date
  /** If it is not done by then, it fails with the code `deadline_exceeded`. */
  deadlineAt?: Date
  /** The same key again, of the same user and enterprise, gives the same task as it is then. */
  idempotencyKey?: string
  /** Cancels the user's unfinished tasks of this kind with the same key. */
  supersedeKey?: string
  /** The conversation that it is a turn of; it must be the user's and of the same enterprise. */
  sessionId?: string | undefined
  /** False where the request is about the session, without being a turn of it. */
  isTurn?: boolean
  /** Tokens of input and output that it may take; then it fails with the code `budget_exhausted`. */
  tokenBudget?: number
  /** The same in US dollars. */
  costBudget?: number
  /** By this the task is found again in logs and lists: up to 128 letters, digits and `_ . : -`. */
  correlationId?: string
}

/**
 * Submits a task and follows it to its end; calls `onUpdate` with the row as inserted and at each change.
 * Aborting `signal` ends the watching with the signal's reason; the task itself goes on.
 * @throws AgentTaskError why it was refused, failed or was cancelled
 */
export async function submitAgentTask<K extends Kind = 'assistant'>(
  supabase: Supabase,
  submission: Submission<K> & { signal?: AbortSignal },
  onUpdate?: (task: AgentTask) => void,
): Promise<AgentTask> {
  submission.signal?.throwIfAborted()
  const task = await insertAgentTask(supabase, submission)
  onUpdate?.(task)
  return await followToEnd(supabase, task, { onUpdate, signal: submission.signal })
}

/**
 * Submits a task and returns its row as inserted, or with a known idempotency key as it is now.
 * @throws AgentTaskError `invalid_request`, `not_allowed`, `too_many_tasks`, `key_taken` (another task has the idempotency
 * key), `session_busy` (where the session refuses what comes while it is), `signed_out`, `unreachable` (retryable)
 */
export async function insertAgentTask<K extends Kind = 'assistant'>(
  supabase: Supabase,
  submission: Submission<K>,
): Promise<AgentTask> {
  const { kind = 'assistant', enterpriseId, priority, runAt, deadlineAt, idempotencyKey, supersedeKey } = submission
  const { sessionId, isTurn = true, tokenBudget, costBudget, correlationId } = submission
  const row = {
    kind,
    request_payload: parseRequest(kind, submission),
    ...(enterpriseId && { enterprise_id: enterpriseId }),
    ...(priority !== undefined && { priority }),
    ...(runAt && { run_at: runAt.toISOString() }),
    ...(deadlineAt && { deadline_at: deadlineAt.toISOString() }),
    ...(supersedeKey && { supersede_key: supersedeKey }),
    ...(sessionId && isTurn && { session_id: sessionId }),
    ...(tokenBudget !== undefined && { token_budget: tokenBudget }),
    ...(costBudget !== undefined && { cost_budget: costBudget }),
    ...(correlationId !== undefined && { correlation_id: correlationId }),
  }
  if (idempotencyKey) return await submitOnce(supabase, { ...row, idempotency_key: idempotencyKey })
  const id = crypto.randomUUID()
  const { data, error, status } = await supabase
    .from('agent_task_requests')
    .insert({ id, ...row })
    .select(taskColumns)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .single()
  if (!error) return parseTask(data)
  // No answer does not mean no row: to submit once more would have the same work done and paid twice.
  const known = status === 0 ? await readRow(supabase, id).catch(() => null) : null
  if (known) return known
  throw errorOfResponse(error, status)
}

async function submitOnce(
  supabase: Supabase,
  row: Database['public']['Functions']['submit_agent_task']['Args'],
): Promise<AgentTask> {
  const { data, error, status } = await supabase
    .rpc('submit_agent_task', row)
    .abortSignal(AbortSignal.timeout(patienceMs))
  if (error) throw errorOfResponse(error, status)
  return parseTask(data)
}

// The schema takes the kind's own fields out of the submission and leaves the rest.
function parseRequest(kind: Kind, submission: unknown) {
  const { data, error } = kinds[kind].request.safeParse(submission)
  if (error) throw new AgentTaskError('invalid_request', sayWhatIsWrong(error), { cause: error })
  return data
}

function sayWhatIsWrong({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 1 ? `${z.core.toDotPath(path)}: ${message}` : message))
    .join(' ')
}

// The row is there before its topic is joined: who may hear a topic is decided by the row. Nothing is missed, since
// the feed reads what happened before it could hear.
function followToEnd(
  supabase: Supabase,
  inserted: AgentTask,
  { onUpdate, signal }: { onUpdate: ((task: AgentTask) => void) | undefined; signal: AbortSignal | undefined },
): Promise<AgentTask> {
  const feed = watchTask(supabase, inserted.id)
  const { promise, resolve, reject } = Promise.withResolvers<AgentTask>()
  const abort = () => reject(signal?.reason)
  let version = inserted.version

  feed.subscribe(follow)
  signal?.addEventListener('abort', abort)
  follow()
  return promise.finally(() => {
    signal?.removeEventListener('abort', abort)
    feed.close()
  })

  function follow(): void {
    const { task, missing } = feed.getSnapshot()
    if (missing) reject(new AgentTaskError('task_not_found', 'The task is gone.', { task: inserted }))
    if (task) takeIn(task)
  }

  function takeIn(task: AgentTask): void {
    if (task.version > version) {
      version = task.version
      onUpdate?.(task)
    }
    const error = errorOfTask(task)
    if (error) reject(error)
    else if (isFinished(task.status)) resolve(task)
  }
}
