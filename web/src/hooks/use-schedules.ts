import { useQuery } from '@tanstack/react-query'
import type { AgentTaskError } from '../../../shared/client/agent-task-error.ts'
import type { Database } from '../../../shared/database.types.ts'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'
import type { Rights } from './use-rights.ts'

type Rows = Database['public']['Tables']['agent_task_schedules']

/** A schedule: when its owner wants what task. */
export type Schedule = Rows['Row']
/** What its owner may say of a schedule. */
export type ScheduleDraft = Pick<
  Rows['Insert'],
  'name' | 'cron' | 'time_zone' | 'kind' | 'request_payload' | 'priority' | 'backfill' | 'enterprise_id'
>

/** Whose schedules: those of a user, or those that an admin looks after. */
export type ScheduleScope = { userId: string } | { rights: Rights }

const everyMs = 5_000

/** Schedules by name, read again every few seconds. */
export function useSchedules(scope: ScheduleScope) {
  return useQuery<Schedule[], AgentTaskError>({
    queryKey: ['schedules', scope],
    queryFn: () => readSchedules(scope),
    refetchInterval: everyMs,
  })
}

function readSchedules(scope: ScheduleScope): Promise<Schedule[]> {
  const request = supabase.from('agent_task_schedules').select().order('name').order('id').limit(1000)
  if ('userId' in scope) return answerOf(request.eq('user_id', scope.userId))
  const { isPlatformAdmin, adminOf } = scope.rights
  return answerOf(isPlatformAdmin ? request : request.in('enterprise_id', adminOf))
}
