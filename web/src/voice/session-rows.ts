import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { keepLive, type Live } from '../../../shared/client/keep-live.ts'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'
import type { Message } from './transcript.ts'

// The conversation's rows, as far as a call has to do with them. Read by schemas: what types say is not yet what came.
const rows: SupabaseClient = supabase

const decision = z.object({ id: z.coerce.string(), to_agent: z.string(), reason: z.string().nullish() })

/** Somebody else has decided who shall answer. */
export type Decision = z.output<typeof decision>

/** Watches for decisions about a session that are made from now on. */
export function watchDecisions(sessionId: string, onDecision: (decision: Decision) => void): Live {
  let latest: string | null | undefined
  const live = keepLive(supabase, {
    topic: `session:${sessionId}:decisions`,
    listen: channel => {
      const changes = {
        event: 'INSERT',
        schema: 'public',
        table: 'scenario_decisions',
        filter: `session_id=eq.${sessionId}`,
      } as const
      channel.on('postgres_changes', changes, () => live.refresh())
    },
    read: async () => {
      const [found] = await readLatest(sessionId)
      const isNews = latest !== undefined && found !== undefined && found.id !== latest
      latest = found?.id ?? null
      if (isNews) onDecision(found)
    },
    pollMs: channelIsUp => (channelIsUp ? null : 3_000),
    onLink: () => undefined,
  })
  return live
}

async function readLatest(sessionId: string): Promise<Decision[]> {
  const found = await answerOf(
    rows
      .from('scenario_decisions')
      .select('id,to_agent,reason')
      .eq('session_id', sessionId)
      .order('created_at', { ascending: false })
      .order('id', { ascending: false })
      .limit(1),
  )
  return z.array(decision).parse(found)
}

/** Adds to the conversation what was said; what is there already stays as it is. @throws AgentTaskError */
export async function appendVoiceItems(sessionId: string, messages: readonly Message[]): Promise<void> {
  const items = messages.map(({ id, role, text, agent }) => ({ item_id: id, role, text, ...(agent && { agent }) }))
  await answerOf(rows.rpc('append_voice_items', { session_id: sessionId, items }))
}
