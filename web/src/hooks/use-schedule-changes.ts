import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'
import { pauseWords } from '../words/admin-words.ts'
import { useChange } from './use-change.ts'
import type { Schedule, ScheduleDraft } from './use-schedules.ts'

/** What can be done with schedules: everything with own ones, and pauses as an admin. Each resolves whether it was done. */
export function useScheduleChanges(userId: string) {
  const { run, isBusy } = useChange()
  const table = () => supabase.from('agent_task_schedules')
  return {
    isBusy,
    create: (draft: ScheduleDraft) => run(() => answerOf(table().insert(draft)), `“${draft.name}” is scheduled.`),
    // Whose it is and for whom stays as it was made.
    change: ({ id }: Schedule, { enterprise_id: _, ...draft }: ScheduleDraft) =>
      run(() => answerOf(table().update(draft).eq('id', id)), `“${draft.name}” is changed.`),
    remove: ({ id, name }: Schedule) => run(() => answerOf(table().delete().eq('id', id)), `“${name}” is deleted.`),
    pause: ({ id, name, user_id }: Schedule, paused: boolean) =>
      run(
        user_id === userId
          ? () =>
              answerOf(
                table()
                  .update({ paused_at: paused ? new Date().toISOString() : null })
                  .eq('id', id),
              )
          : () => answerOf(supabase.rpc('pause_agent_schedule', { schedule_id: id, paused })),
        pauseWords(`“${name}”`, paused),
      ),
  }
}
