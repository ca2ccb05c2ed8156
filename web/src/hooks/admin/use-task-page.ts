import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../../shared/client/agent-task-error.ts'
import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import type { Rights } from '../use-rights.ts'
import { parseTaskRows, type TaskRow, taskRowColumns } from './task-rows.ts'
import { idRange, type TaskFilters } from './use-task-filters.ts'

const everyMs = 2_000

const pageSize = 50

/** A page of tasks, the newest first. */
export type TaskPage = { tasks: TaskRow[]; hasNewer: boolean; hasOlder: boolean }

/** The tasks that the filters let through, a page at a time and read again every two seconds. */
export function useTaskPage(rights: Rights, filters: TaskFilters) {
  return useQuery<TaskPage, AgentTaskError>({
    queryKey: ['tasks', rights, filters],
    queryFn: () => readPage(rights, filters),
    refetchInterval: everyMs,
    placeholderData: previous => previous,
  })
}

// Keyset paging: a page begins where another ended, so that it costs the same however far down the list it is.
async function readPage(rights: Rights, filters: TaskFilters): Promise<TaskPage> {
  const { before, after, status, kind, enterprise, user, task, correlation, hours } = filters
  const isUpward = after !== null
  const cursor = after ?? before
  let request = supabase
    .from('agent_task_requests')
    .select(taskRowColumns)
    .order('created_at', { ascending: isUpward })
    .order('id', { ascending: isUpward })
    // One more than is shown tells whether there are further ones.
    .limit(pageSize + 1)
  if (!rights.isPlatformAdmin) request = request.in('enterprise_id', rights.adminOf)
  if (status) request = request.eq('status', status)
  if (kind) request = request.eq('kind', kind)
  if (enterprise) request = request.eq('enterprise_id', enterprise)
  if (user) request = request.gte('user_id', idRange(user).first).lte('user_id', idRange(user).last)
  if (task) request = request.gte('id', idRange(task).first).lte('id', idRange(task).last)
  if (correlation) request = request.eq('correlation_id', correlation)
  if (hours) request = request.gte('created_at', new Date(Date.now() - hours * 3_600_000).toISOString())
  if (cursor) {
    const { at, id } = cursor
    const side = isUpward ? 'gt' : 'lt'
    // The first of the two is what an index can be searched for.
    request = isUpward ? request.gte('created_at', at) : request.lte('created_at', at)
    request = request.or(`created_at.${side}."${at}",and(created_at.eq."${at}",id.${side}.${id})`)
  }
  const rows = parseTaskRows(await answerOf(request))
  const shown = rows.slice(0, pageSize)
  const hasMore = rows.length > pageSize
  return isUpward
    ? { tasks: shown.reverse(), hasNewer: hasMore, hasOlder: true }
    : { tasks: shown, hasNewer: cursor !== null, hasOlder: hasMore }
}
