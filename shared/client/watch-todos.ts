import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'
import type { Todo } from '../todos.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import type { Supabase } from './supabase.ts'
import { listTodos } from './todos.ts'

/** A user's todos as they stand; null until they have been read. */
export type TodosView = Link & {
  todos: readonly Todo[] | null
  /** There are more than these. */
  hasMore: boolean
}

/** Before anything is known of them. */
export const emptyTodosView: TodosView = { ...firstLink, todos: null, hasMore: false }

// What is done is looked at rarely, and is much in time.
const mostOpen = 500
const mostCompleted = 100

/** Watches the todos of the user who is signed in until the feed is closed: the open ones and the latest that are done. */
export function watchTodos(supabase: Supabase, userId: string): Feed<TodosView> {
  const topic = `user:${userId}:todos`
  return openFeed(supabase, topic, emptyTodosView, show => {
    let view = emptyTodosView
    const put = (part: Partial<TodosView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      listen: (channel: RealtimeChannel) => {
        // Unfiltered, since a deleted row has no user any more: of what others delete the id is heard, and means nothing.
        channel.on('postgres_changes', { event: '*', schema: 'public', table: 'todos' }, message => {
          const { data: deletion } = deleted.safeParse(message)
          if (!deletion || view.todos?.some(({ id }) => id === deletion.old.id)) live.refresh()
        })
      },
      async read() {
        const [open, completed] = await Promise.all([
          listTodos(supabase, { status: 'open', limit: mostOpen }),
          listTodos(supabase, { status: 'completed', limit: mostCompleted }),
        ])
        // One that was checked between the two readings is in both.
        const todos = [...new Map([...completed.todos, ...open.todos].map(todo => [todo.id, todo])).values()]
        put({ todos, hasMore: open.hasMore || completed.hasMore })
      },
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live
  })
}

const deleted = z.object({ eventType: z.literal('DELETE'), old: z.object({ id: z.string() }) })
