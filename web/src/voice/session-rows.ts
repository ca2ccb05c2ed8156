import { z } from 'zod'
import {
  type Escalation,
  escalationColumns,
  parseEscalations,
  parseSaid,
  type Said,
  saidColumns,
} from '../../../shared/client/scenario-rows.ts'
import type { Database } from '../../../shared/database.types.ts'
import { answerOf } from '../answer-of.ts'
import { settings } from '../config.ts'
import { sessionNow } from '../hooks/use-session.ts'
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

/** As many are looked at: among them is one of somebody else, if there is news. */
const AT_ONCE = 20

/** Each handoff in this call is told as a decision, which comes back when the next may have followed. */
function isEcho({ source, task_id }: Decision): boolean {
  return source === 'handoff' && task_id === null
}

/** Those of others, the latest first. @throws AgentTaskError */
export async function readDecisions(sessionId: string): Promise<Decision[]> {
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

/** Tells that an agent has handed over; once, however often. @throws AgentTaskError */
export async function handOver(handoff: Database['public']['Functions']['hand_over_by_voice']['Args']): Promise<void> {
  await answerOf(supabase.rpc('hand_over_by_voice', handoff))
}

/** The one that is not closed. @throws AgentTaskError */
export async function readEscalation(sessionId: string): Promise<Escalation | null> {
  const columns = supabase.from('scenario_escalations').select(escalationColumns)
  return parseEscalations(await answerOf(columns.eq('session_id', sessionId).neq('status', 'closed')))[0] ?? null
}

/** The latest of what people said in the agents' place, in order. @throws AgentTaskError */
export async function readAnswersOfPeople(sessionId: string): Promise<Said[]> {
  const found = await answerOf(
    supabase
      .from('session_transcript')
      .select(saidColumns)
      .match({ session_id: sessionId, source: 'human' })
      .order('seq', { ascending: false })
      .limit(AT_ONCE),
  )
  return parseSaid(found).toReversed()
}

/** What is longer the server refuses, and with it all that comes after. */
const LONGEST = 8000

/** Adds to the conversation what was said; what is there already stays as it is. @throws AgentTaskError */
export async function appendVoiceItems(sessionId: string, messages: readonly Message[]): Promise<void> {
  await answerOf(supabase.rpc('append_voice_items', { session_id: sessionId, items: messages.map(itemOf) }))
}

/** A browser carries no more for a page that goes. */
const MOST_BYTES = 60_000

/** The same with the last breath of a page, which hears nothing of how it ends. */
export function appendLastVoiceItems(sessionId: string, messages: readonly Message[]): void {
  const session = sessionNow()
  if (!session) return
  const { VITE_SUPABASE_URL, VITE_SUPABASE_KEY } = settings()
  const items = messages.map(itemOf)
  const body = () => new TextEncoder().encode(JSON.stringify({ session_id: sessionId, items }))
  while (body().length > MOST_BYTES) items.pop()
  // The client of Supabase cannot: its requests end with the page.
  void fetch(`${VITE_SUPABASE_URL}/rest/v1/rpc/append_voice_items`, {
    method: 'POST',
    keepalive: true,
    headers: {
      apikey: VITE_SUPABASE_KEY,
      authorization: `Bearer ${session.access_token}`,
      'content-type': 'application/json',
    },
    body: body(),
  }).catch(() => undefined)
}

function itemOf({ id, role, text, agent }: Message) {
  return { item_id: id, role, text: text.slice(0, LONGEST), ...(role === 'assistant' && agent && { agent }) }
}
