import { z } from 'zod'
import { count, counted } from './number-words.ts'
import { moment } from './time-words.ts'

const until = z.string()

/** Why a task is not at work, as `explain_wait` says it; see supabase/migrations/…1400_sessions.sql. */
export const waitReason = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('at_work'), stuck: z.boolean() }),
  z.object({ reason: z.literal('ended'), status: z.string() }),
  z.object({ reason: z.literal('scheduled'), until }),
  z.object({ reason: z.literal('retry'), until }),
  z.object({ reason: z.literal('rate'), until }),
  z.object({ reason: z.literal('children'), open: z.number() }),
  z.object({ reason: z.literal('approval'), open: z.number() }),
  z.object({ reason: z.literal('session'), ahead: z.number() }),
  z.object({ reason: z.literal('paused'), kind: z.string(), since: z.string() }),
  z.object({ reason: z.literal('no_worker'), kind: z.string() }),
  z.object({ reason: z.literal('tenant_cap'), cap: z.number() }),
  z.object({ reason: z.literal('kind_cap'), cap: z.number() }),
  z.object({ reason: z.literal('position'), ahead: z.number() }),
])

/** Why a task is not at work. */
export type WaitReason = z.output<typeof waitReason>

// `explain_wait` counts no further.
const mostAhead = 1000

/**
 * Why a task waits, in a sentence; null if it does not. `tenant` is the enterprise for which it was asked, or null for
 * the user alone, and `whose` says whose tasks these are then.
 */
export function explainWait(
  why: WaitReason,
  { tenant, whose = 'yours', now }: { tenant: string | null; whose?: string; now: number },
): string | null {
  switch (why.reason) {
    case 'at_work':
      return why.stuck ? 'Its worker is silent. Another one takes it over when its lease has ended.' : null
    case 'ended':
      return null
    case 'scheduled':
      return `Starts at ${moment(why.until, now)}.`
    case 'retry':
      return `Is tried again at ${moment(why.until, now)}.`
    case 'rate':
      return `The model provider asked to come back at ${moment(why.until, now)}.`
    case 'children':
      return `Waits for ${counted(why.open, 'task')} that it has started.`
    case 'approval':
      return `Waits until somebody has decided on ${counted(why.open, 'tool call')}.`
    case 'session':
      return why.ahead === 1
        ? 'Waits until the question before it in this conversation is answered.'
        : `Waits until the ${count(why.ahead)} questions before it in this conversation are answered.`
    case 'paused':
      return `Paused by an admin since ${moment(why.since, now)}. It goes on by itself once “${why.kind}” is resumed.`
    case 'no_worker':
      return `No worker takes “${why.kind}”: none is running, or none of those that run is for this kind.`
    case 'tenant_cap':
      return why.cap === 0
        ? `No tasks may be at work ${tenant ? `for ${tenant}` : 'for this user'} at present.`
        : `As many as allowed (${count(why.cap)}) are at work${tenant ? ` for ${tenant}` : ' for this user'}.`
    case 'kind_cap':
      return why.cap === 0
        ? 'No tasks of this kind may be at work at present.'
        : `As many of this kind as allowed (${count(why.cap)}) are at work.`
    case 'position':
      return explainPosition(why.ahead, tenant ? `of ${tenant}` : `of ${whose}`)
  }
}

function explainPosition(ahead: number, whose: string): string {
  if (ahead === 0) return 'First in line: it starts as soon as a worker has a free hand.'
  if (ahead >= mostAhead) return `${count(mostAhead)} tasks ${whose} or more come first.`
  return `${counted(ahead, 'task')} ${whose} ${ahead === 1 ? 'comes' : 'come'} first.`
}
