import { keepLive } from '../../../shared/client/keep-live.ts'
import type { Escalation, Said } from '../../../shared/client/scenario-rows.ts'
import { supabase } from '../supabase.ts'
import { type Decision, readAnswersOfPeople, readDecisions, readEscalation } from './session-rows.ts'

type Wanted = {
  userId: string
  sessionId: string
  /** Somebody else has decided who answers. */
  onDecision: (decision: Decision) => void
  /** Each time it was read; null while no person is to answer. */
  onEscalation: (escalation: Escalation | null) => void
  /** The same may come again. */
  onAnswer: (said: Said) => void
}

/** What the call is told of its session. */
export type SessionWatch = ReturnType<typeof watchSession>

/** Watches what others do to the conversation while it is spoken: decide who answers, ask for a person, answer as one. */
export function watchSession({ userId, sessionId, onDecision, onEscalation, onAnswer }: Wanted) {
  let latest: string | null | undefined
  let known = 0
  let isOver = false
  const live = keepLive(supabase, {
    topic: `user:${userId}:call:${sessionId}`,
    listen: channel => {
      const of = (table: string) =>
        ({ event: '*', schema: 'public', table, filter: `session_id=eq.${sessionId}` }) as const
      channel.on('postgres_changes', of('scenario_decisions'), () => live.refresh())
      // A person who answers touches it, too.
      channel.on('postgres_changes', of('scenario_escalations'), () => live.refresh())
    },
    read: async () => {
      const asOf = known
      const [[found], escalation, answers] = await Promise.all([
        readDecisions(sessionId),
        readEscalation(sessionId),
        readAnswersOfPeople(sessionId),
      ])
      if (isOver) return
      for (const said of answers) onAnswer(said)
      // What was learned meanwhile is newer.
      if (asOf === known) onEscalation(escalation)
      const isNews = latest !== undefined && found !== undefined && found.id !== latest
      latest = found?.id ?? null
      if (isNews) onDecision(found)
    },
    pollMs: channelIsUp => (channelIsUp ? 60_000 : 3_000),
    onLink: () => undefined,
  })
  return {
    stop(): void {
      isOver = true
      live.stop()
    },
    /** The caller has learned of an escalation before the database was read. */
    learn(escalation: Escalation): void {
      known += 1
      onEscalation(escalation)
      live.refresh()
    },
  }
}
