import { z } from 'zod'
import { keepLive, type Live } from '../../../shared/client/keep-live.ts'
import { answerOf } from '../answer-of.ts'
import { supabase } from '../supabase.ts'
import type { Message } from './transcript.ts'

// The conversation's rows, as far as a call has to do with them.

const decision = z.object({
  id: z.string(),
  to_agent: z.string(),
  reason: z.string(),
  source: z.string(),
  task_id: z.string().nullable(),
})

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
      const [found] = await readDecisions(sessionId)
      const isNews = latest !== undefined && found !== undefined && found.id !== latest
      latest = found?.id ?? null
      if (isNews) onDecision(found)
    },
    pollMs: channelIsUp => (channelIsUp ? null : 3_000),
    onLink: () => undefined,
  })
  return live
}

/** As many are looked at: among them is one of somebody else, if there is news. */
const AT_ONCE = 20

/** The minutes of this call make a decision of each handoff in it, which comes back when the next may have followed. */
function isEcho({ source, task_id }: Decision): boolean {
  return source === 'handoff' && task_id === null
}

/** Those of others, the latest first. */
async function readDecisions(sessionId: string): Promise<Decision[]> {
  const found = await answerOf(
    supabase
      .from('scenario_decisions')
      .select('id,to_agent,reason,source,task_id')
      .eq('session_id', sessionId)
      .order('created_at', { ascending: false })
      .order('id', { ascending: false })
      .limit(AT_ONCE),
  )
  return z
    .array(decision)
    .parse(found)
    .filter(each => !isEcho(each))
}

/** What is longer the server refuses, and with it all that comes after. */
const LONGEST = 8000

/** Adds to the conversation what was said; what is there already stays as it is. @throws AgentTaskError */
export async function appendVoiceItems(sessionId: string, messages: readonly Message[]): Promise<void> {
  const items = messages.map(({ id, role, text, agent }) => ({
    item_id: id,
    role,
    text: text.slice(0, LONGEST),
    ...(role === 'assistant' && agent && { agent }),
  }))
  await answerOf(supabase.rpc('append_voice_items', { session_id: sessionId, items }))
}
