import { z } from 'zod'
import { type Delta, delta, type Step, stepKinds, usage } from '../deltas.ts'
import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { readApprovalsOf } from './read-approvals.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import type { TaskFold, TaskSnapshot } from './task-fold.ts'
import { parseTask, taskColumns } from './task-rows.ts'

const deltaRows = z.array(delta)
const stepRows = z.array(
  z.object({
    id: z.int(),
    attempt: z.int(),
    key: z.string(),
    kind: z.enum(stepKinds),
    agent: z.string(),
    name: z.string(),
    status: z.enum(['started', 'done']),
    input: z.json(),
    output: z.json(),
    usage: usage.nullable(),
    // The local stack's REST reads a numeric as text.
    cost: z.coerce.number().nullable(),
    started_at: z.string(),
    finished_at: z.string().nullable(),
  }),
)
// What a model was offered and what it answered word for word is for the journal; its text is in the deltas.
const stepColumns = 'id,attempt,key,kind,agent,name,status,input,output,usage,cost,started_at,finished_at'

// Nearly no task has asked anybody.
const asker = z.looseObject({ has_asked: z.boolean() })

// Hosted projects return at most this many rows at once.
const pageRows = 1000

/**
 * Reads what a fold does not have yet. The row comes first: if it says that the task has ended, then the steps and
 * deltas read after it are complete.
 * @throws AgentTaskError if the database cannot be read
 */
export async function readTask(supabase: Supabase, taskId: string, known: TaskFold): Promise<TaskSnapshot> {
  const row = await readColumns(supabase, taskId, `${taskColumns},has_asked`)
  if (!row) return null
  const task = parseTask(row)
  const after = task.life === known.life ? known.seq : 0
  const [steps, deltas, approvals] = await Promise.all([
    readSteps(supabase, task),
    readDeltas(supabase, task, after),
    asker.parse(row).has_asked ? readApprovalsOf(supabase, task) : [],
  ])
  return { task, steps, deltas, approvals }
}

// Without the client's own retries, here and below: a feed reads again by itself and shows meanwhile that it is offline.
/** The row alone, or null if there is none that this user may see. @throws AgentTaskError if it cannot be read */
export async function readRow(supabase: Supabase, taskId: string): Promise<AgentTask | null> {
  const row = await readColumns(supabase, taskId, taskColumns)
  return row === null ? null : parseTask(row)
}

async function readColumns(supabase: Supabase, taskId: string, columns: string): Promise<unknown> {
  const { data, error, status } = await supabase
    .from('agent_task_requests')
    .select(columns)
    .eq('id', taskId)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
    .maybeSingle()
  if (error) throw errorOfResponse(error, status)
  return data
}

async function readSteps(supabase: Supabase, { id, life }: AgentTask): Promise<Step[]> {
  const { data, error, status } = await supabase
    .from('agent_task_steps')
    .select(stepColumns)
    .eq('task_id', id)
    .eq('life', life)
    .in('kind', stepKinds)
    .order('id')
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return stepRows.parse(data).map(stepOf)
}

/** SQL says null where a step says nothing. */
function stepOf({ input, output, usage, started_at, finished_at, ...row }: z.infer<typeof stepRows>[number]): Step {
  return {
    ...row,
    started_at,
    ...(input !== null && { input }),
    ...(output !== null && { output }),
    ...(usage && { usage }),
    ...(finished_at && { seconds: (Date.parse(finished_at) - Date.parse(started_at)) / 1000 }),
  }
}

/**
 * Says that this task is watched, for about the next half minute: of others nothing is broadcast. That it cannot be said
 * is no reason not to read.
 */
export async function tellWatching(supabase: Supabase, taskId: string): Promise<void> {
  await supabase.rpc('watch_agent_task', { task_id: taskId }).abortSignal(AbortSignal.timeout(patienceMs)).retry(false)
}

async function readDeltas(supabase: Supabase, task: AgentTask, after: number): Promise<Delta[]> {
  const { data, error, status } = await supabase
    .from('agent_task_deltas')
    .select('seq,kind,step_key,data')
    .eq('task_id', task.id)
    .eq('life', task.life)
    .gt('seq', after)
    .order('seq')
    .limit(pageRows)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  const page = deltaRows.parse(data)
  const last = page.at(-1)
  return page.length < pageRows || !last ? page : [...page, ...(await readDeltas(supabase, task, last.seq))]
}
