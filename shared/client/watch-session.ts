import type { RealtimeChannel } from '@supabase/supabase-js'
import { z } from 'zod'
import type { AgentTask } from '../task.ts'
import { errorOfResponse } from './agent-task-error.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import { foldTurn, foldTurns } from './session-fold.ts'
import { type AgentSession, parseSession, sessionColumns } from './session-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'
import { parseTask, taskColumns } from './task-rows.ts'

/** A conversation as its watchers see it. */
export type SessionView = Link & {
  session: AgentSession | null
  /** Its tasks, in the order of their turns; null until they have been read. Of a long one the latest hundred. */
  turns: readonly AgentTask[] | null
  /** There is no such session, or none that this user may see. */
  missing: boolean
}

/** Before anything is known of it. */
export const emptySessionView: SessionView = { ...firstLink, session: null, turns: null, missing: false }

const mostTurns = 100

/** Watches a conversation until the feed is closed. What the newest turn writes is in its own feed: see `watchTask`. */
export function watchSession(
  supabase: Supabase,
  { userId, sessionId }: { userId: string; sessionId: string },
): Feed<SessionView> {
  const topic = `user:${userId}:session:${sessionId}`
  return openFeed(supabase, topic, emptySessionView, show => {
    let view = emptySessionView
    const live = keepLive(supabase, {
      topic,
      listen,
      async read() {
        const [session, turns] = await Promise.all([readSession(supabase, sessionId), readTurns(supabase, sessionId)])
        // Into the turns as they are by now: more may have come in while these were read.
        put({ session, turns: foldTurns(view.turns ?? [], turns), missing: !session })
      },
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live

    function listen(channel: RealtimeChannel): void {
      const table = { event: '*', schema: 'public' } as const
      channel.on(
        'postgres_changes',
        { ...table, table: 'agent_task_requests', filter: `session_id=eq.${sessionId}` },
        message => {
          const { data } = change.safeParse(message)
          const turns = view.turns && data && foldTurn(view.turns, data.new)
          if (turns) put({ turns })
          else live.refresh()
        },
      )
      channel.on('postgres_changes', { ...table, table: 'agent_sessions', filter: `id=eq.${sessionId}` }, () =>
        live.refresh(),
      )
    }

    function put(part: Partial<SessionView>): void {
      view = { ...view, ...part }
      show(view)
    }
  })
}

const change = z.object({
  eventType: z.enum(['INSERT', 'UPDATE']),
  new: z.looseObject({ id: z.string() }),
})

async function readSession(supabase: Supabase, sessionId: string): Promise<AgentSession | null> {
  const { data, error, status } = await supabase
    .from('agent_sessions')
    .select(sessionColumns)
    .eq('id', sessionId)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
    .maybeSingle()
  if (error) throw errorOfResponse(error, status)
  return data && parseSession(data)
}

async function readTurns(supabase: Supabase, sessionId: string): Promise<AgentTask[]> {
  const { data, error, status } = await supabase
    .from('agent_task_requests')
    .select(taskColumns)
    .eq('session_id', sessionId)
    .order('created_at', { ascending: false })
    .order('id', { ascending: false })
    .limit(mostTurns)
    .abortSignal(AbortSignal.timeout(patienceMs))
    .retry(false)
  if (error) throw errorOfResponse(error, status)
  return z.array(z.unknown()).parse(data).map(parseTask)
}
