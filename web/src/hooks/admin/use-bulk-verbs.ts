import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { type BulkVerb, describeResult } from '../../words/bulk-words.ts'
import { useChange } from '../use-change.ts'

// As many as the database takes at once.
const mostAtOnce = 1000

/** What to do, and with which tasks. `reset_stuck` finds its tasks by itself. */
export type BulkAction = { verb: BulkVerb; taskIds: readonly string[]; priority?: number }

/** Does what an admin asks for with many tasks and tells in a notice what came of it. Resolves whether it was done. */
export function useBulkVerbs() {
  const { run, isBusy } = useChange()
  return {
    run: (action: BulkAction) =>
      run(
        () => runAll(action),
        changed => describeResult(action.verb, action.taskIds.length, changed),
      ),
    isBusy,
  }
}

async function runAll(action: BulkAction): Promise<number> {
  if (action.verb === 'reset_stuck') return await answerOf(supabase.rpc('reset_stuck_agent_tasks', {}))
  let changed = 0
  for (let from = 0; from < action.taskIds.length; from += mostAtOnce) {
    changed += await runSome(action, action.taskIds.slice(from, from + mostAtOnce))
  }
  return changed
}

function runSome({ verb, priority = 0 }: BulkAction, task_ids: string[]): Promise<number> {
  switch (verb) {
    case 'cancel':
      return answerOf(supabase.rpc('cancel_agent_tasks', { task_ids }))
    case 'retry':
      return answerOf(supabase.rpc('retry_agent_tasks', { task_ids }))
    case 'prioritize':
      return answerOf(supabase.rpc('prioritize_agent_tasks', { task_ids, priority }))
    default:
      return answerOf(supabase.rpc('reset_stuck_agent_tasks', { task_ids }))
  }
}
