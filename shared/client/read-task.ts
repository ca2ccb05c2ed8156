import { z } from 'zod'
import { type Delta, delta, type Step } from '../deltas.ts'
import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import type { TaskFold, TaskSnapshot } from './task-fold.ts'
import { parseTask, taskColumns } from './task-rows.ts'

const deltaRows = z.array(delta)
const stepRows = z.array(
  z.object({
    key: z.string(),
    kind: z.enum(['tool', 'handoff']),
    agent: z.string(),
    name: z.string(),
    status: z.enum(['started', 'done']),
    input: z.json(),
    output: z.json(),
  }),
)

// Hosted projects return at most this many rows at once.
const pageRows = 1000

/**
 * Reads what a fold does not have yet. The row comes first: if it says that the task has ended, then the steps and
 * deltas read after it are complete.
 * @throws AgentTaskError if the database cannot be read
 */
export async function readTask(supabase: Supabase, taskId: string, known: TaskFold): Promise<TaskSnapshot> {
  const task = await readRow(supabase, taskId)
  if (!task) return null
  const after = task.life === known.life ? known.seq : 0
  const [steps, deltas] = await Promise.all([readSteps(supabase, task), readDeltas(supabase, task, after)])
  return { task, steps, deltas }
}

// Without the client's own retries, here and below: a feed reads again by itself and shows meanwhile that it is offline.
/** The row alone, or null if there is none that this user may see. @throws AgentTaskError if it cannot be read */
export async function readRow(supabase: Supabase, taskId: string): Promise<AgentTask | null> {
  const { data, error, status } = await supabase
    .from('agent_task_requests')
    .select(taskColumns)
    .eq('id', taskId)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
    .maybeSingle()
  if (error) throw errorOfResponse(error, status)
  return data && parseTask(data)
}

async function readSteps(supabase: Supabase, { id, life }: AgentTask): Promise<Step[]> {
  const { data, error, status } = await supabase
    .from('agent_task_steps')
    .select('key,kind,agent,name,status,input,output')
    .eq('task_id', id)
    .eq('life', life)
    .in('kind', ['tool', 'handoff'])
    .order('id')
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  // SQL says null where a step says nothing.
  return stepRows.parse(data).map(({ input, output, ...row }) => ({
    ...row,
    ...(input !== null && { input }),
    ...(output !== null && { output }),
  }))
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
