import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'
import { kindsOfPrograms } from '../kinds.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { foldIntoList, foldList, parseSummaries, summaryColumns, type TaskSummary } from './task-list.ts'

/** A user's latest tasks, those of conversations and of programs left out; `tasks` is null until they have been read once. */
export type TaskListView = Link & { tasks: readonly TaskSummary[] | null }

/** A user's latest tasks, live. */
export type TaskListFeed = Feed<TaskListView>

/** Before anything is known of a list. */
export const emptyTaskListView: TaskListView = { ...firstLink, tasks: null }

/** Watches a user's latest tasks, the newest first, until the feed is closed. */
export function watchTasks(supabase: Supabase, { userId, limit }: { userId: string; limit: number }): TaskListFeed {
  const topic = `user:${userId}:${limit}`
  return openFeed(supabase, topic, emptyTaskListView, show => {
    let view = emptyTaskListView
    const live = keepLive(supabase, {
      topic,
      listen,
      async read() {
        const read = await readTasks(supabase, userId, limit)
        // Into the list as it is by now: more may have come in while this was read.
        put({ tasks: foldList(view.tasks ?? [], read) })
      },
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live

    function listen(channel: RealtimeChannel): void {
      const changes = {
        event: '*',
        schema: 'public',
        table: 'agent_task_requests',
        filter: `user_id=eq.${userId}`,
      } as const
      channel.on('postgres_changes', changes, message => {
        const { data } = change.safeParse(message)
        const tasks = view.tasks && data && foldIntoList(view.tasks, data.new, limit)
        if (tasks) put({ tasks })
        else live.refresh()
      })
    }

    function put(part: Partial<TaskListView>): void {
      view = { ...view, ...part }
      show(view)
    }
  })
}

const change = z.object({
  eventType: z.enum(['INSERT', 'UPDATE']),
  new: z.looseObject({ id: z.string() }),
})

async function readTasks(supabase: Supabase, userId: string, limit: number): Promise<TaskSummary[]> {
  const { data, error, status } = await supabase
    .from('agent_task_requests')
    .select(summaryColumns)
    .eq('user_id', userId)
    .is('session_id', null)
    .not('kind', 'in', `(${kindsOfPrograms.join(',')})`)
    .order('created_at', { ascending: false })
    .limit(limit)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return parseSummaries(data)
}
