import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import type { TaskView } from '../../../../shared/client/watch-task.ts'
import { analysis } from '../../../../shared/portfolio.ts'
import type { AgentTask } from '../../../../shared/task.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'

const { report_payload, charts_payload, retirement_payload, summary_payload } = analysis.shape

// Until it is summed up there are the notes alone.
const row = z.object({
  life: z.number(),
  report_payload,
  charts_payload,
  retirement_payload,
  summary_payload: summary_payload.partial().nullable(),
})

/** What the agents of an analysis have finished so far. */
export type Kept = z.output<typeof row>

/** Steps that write a field. */
const writers = new Set(['begin_analysis', 'keep_payload', 'create_chart', 'finalize_job'])

/** What is finished of a task's analysis; read again with each step that writes, and at its end. */
export function useAnalysis(task: AgentTask, steps: TaskView['steps']) {
  const written = steps.filter(({ kind, name, status }) => kind === 'tool' && status === 'done' && writers.has(name))
  return useQuery<Kept | null, AgentTaskError>({
    queryKey: ['analysis', task.id, task.life, task.status, written.length],
    queryFn: async () => {
      const request = supabase.from('portfolio_analyses').select().eq('task_id', task.id).limit(1)
      const kept = row.nullable().parse((await answerOf(request))[0] ?? null)
      // A new life begins with nothing; until it does, the row is of the one before.
      return kept?.life === task.life ? kept : null
    },
    placeholderData: keepPreviousData,
  })
}
