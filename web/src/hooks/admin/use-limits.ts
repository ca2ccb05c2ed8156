import { answerOf } from '../../answer-of.ts'
import { supabase } from '../../supabase.ts'
import { limitWords, pauseWords } from '../../words/admin-words.ts'
import { useChange } from '../use-change.ts'
import type { QueueKind, QueueTenant } from './use-queue-overview.ts'

/** What platform admins say of kinds, tenants and how long things are kept. Each resolves whether it was done. */
export function useLimits() {
  const { run, isBusy } = useChange()
  return {
    isBusy,
    pauseKind: (kind: string, paused: boolean) =>
      run(() => answerOf(supabase.rpc('pause_agent_kind', { kind, paused })), pauseWords(`“${kind}”`, paused)),
    limitKind: ({ kind }: QueueKind, cap: number | null) =>
      run(
        () => answerOf(supabase.rpc('limit_agent_kind', { kind, ...(cap !== null && { max_running: cap }) })),
        limitWords(`“${kind}”`, cap),
      ),
    limitTenant: ({ tenant_id, name }: QueueTenant, cap: number | null, weight: number) =>
      run(
        () =>
          answerOf(
            supabase.rpc('limit_agent_tenant', { tenant_id, weight, ...(cap !== null && { max_running: cap }) }),
          ),
        `${limitWords(name, cap)} Its weight is ${weight}.`,
      ),
    keep: (tasksDays: number | null, minutesDays: number | null) =>
      run(
        () =>
          answerOf(
            supabase.rpc('keep_agent_tasks', {
              ...(tasksDays !== null && { tasks_days: tasksDays }),
              ...(minutesDays !== null && { minutes_days: minutesDays }),
            }),
          ),
        'Kept from now on as long as you say.',
      ),
  }
}
