import type { PostgrestError, RealtimeChannel } from '@supabase/supabase-js'
import { errorOfResponse } from './agent-task-error.ts'
import { type Feed, openFeed } from './feed.ts'
import { firstLink, keepLive, type Link } from './keep-live.ts'
import {
  decisionColumns,
  type Escalation,
  escalationColumns,
  parseDecisions,
  parseEscalations,
  parseSaid,
  parseScenarioSessions,
  type Said,
  type ScenarioDecision,
  type ScenarioSession,
  saidColumns,
  scenarioSessionColumns,
} from './scenario-rows.ts'
import { patienceMs, type Supabase } from './supabase.ts'

/** What a session of a scenario has besides its turns. */
export type ScenarioSessionView = Link & {
  /** Null until it is known, and for a session without a scenario. */
  begun: ScenarioSession | null
  /** In their order, of a long session the latest; null until they have been read. */
  said: readonly Said[] | null
  decisions: readonly ScenarioDecision[]
  /** The one that is not closed. */
  escalation: Escalation | null
}

/** Before anything is known of it. */
export const emptyScenarioSessionView: ScenarioSessionView = {
  ...firstLink,
  begun: null,
  said: null,
  decisions: [],
  escalation: null,
}

const most = 200

/** Watches who answers in a session, and what is said besides its turns, until the feed is closed. */
export function watchScenarioSession(
  supabase: Supabase,
  { userId, sessionId }: { userId: string; sessionId: string },
): Feed<ScenarioSessionView> {
  const topic = `user:${userId}:scenario:${sessionId}`
  return openFeed(supabase, topic, emptyScenarioSessionView, show => {
    let view = emptyScenarioSessionView
    const put = (part: Partial<ScenarioSessionView>) => {
      view = { ...view, ...part }
      show(view)
    }
    const live = keepLive(supabase, {
      topic,
      listen,
      read: async () => put(await readSession(supabase, sessionId)),
      pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
      onLink: put,
    })
    return live

    // Items are not heard of themselves: whoever adds one touches the session, or ends a task of it.
    function listen(channel: RealtimeChannel): void {
      const of = (table: string, column: string) =>
        ({ event: '*', schema: 'public', table, filter: `${column}=eq.${sessionId}` }) as const
      channel.on('postgres_changes', of('agent_sessions', 'id'), live.refresh)
      channel.on('postgres_changes', of('agent_task_requests', 'session_id'), live.refresh)
      channel.on('postgres_changes', of('scenario_decisions', 'session_id'), live.refresh)
      channel.on('postgres_changes', of('scenario_escalations', 'session_id'), live.refresh)
    }
  })
}

async function readSession(supabase: Supabase, id: string): Promise<Partial<ScenarioSessionView>> {
  const [begun, said, decisions, escalations] = await Promise.all([
    supabase.from('scenario_sessions').select(scenarioSessionColumns).eq('session_id', id).abortSignal(patience()),
    supabase
      .from('session_transcript')
      .select(saidColumns)
      .eq('session_id', id)
      .order('seq', { ascending: false })
      .limit(most)
      .abortSignal(patience()),
    supabase
      .from('scenario_decisions')
      .select(decisionColumns)
      .eq('session_id', id)
      .order('created_at', { ascending: false })
      .limit(most)
      .abortSignal(patience()),
    supabase
      .from('scenario_escalations')
      .select(escalationColumns)
      .eq('session_id', id)
      .neq('status', 'closed')
      .abortSignal(patience()),
  ])
  return {
    begun: parseScenarioSessions(rowsOf(begun))[0] ?? null,
    said: parseSaid(rowsOf(said)).toReversed(),
    decisions: parseDecisions(rowsOf(decisions)).toReversed(),
    escalation: parseEscalations(rowsOf(escalations))[0] ?? null,
  }
}

function patience(): AbortSignal {
  return AbortSignal.timeout(patienceMs)
}

function rowsOf(answer: { data: unknown; error: PostgrestError | null; status: number }): unknown {
  if (answer.error) throw errorOfResponse(answer.error, answer.status)
  return answer.data
}
