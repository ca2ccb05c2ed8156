import { fail, type Reply, say } from './script.ts'

/** How an answer comes: at the set pace, slowly, never, or broken off in the middle. */
export type Manner = 'usual' | 'slow' | 'silent' | 'broken'

/** What a prompt orders beside its question, for tests and demonstrations of any kind of task. */
export type Orders = { manner: Manner; reply?: Reply }

const DIRECTIVE = /!(?:fail(?: once)?(?: \d{3})?|drop once|refuse|silent|slow|flag|long \d+)(?!\w)/g
const LONGEST = 100_000

/**
 * `!fail 429` answers with that HTTP status · `!fail once 500` does so the first time that this prompt comes by ·
 * `!drop once` breaks off in mid-answer the first time · `!refuse` declines · `!silent` never answers ·
 * `!slow` answers slowly · `!long 500` counts to that, so that gaps show · `!flag` makes the moderation object (moderation.ts)
 *
 * @param isFirst tells whether the prompt has not been seen before; asked only if it matters.
 */
export function ordersIn(prompt: string, isFirst: () => boolean): Orders {
  const manner = mannerIn(prompt, isFirst)
  const reply = replyIn(prompt, isFirst)
  return { manner, ...(reply && { reply }) }
}

/** The question alone: numbers and words of a directive are none of its. */
export function withoutDirectives(prompt: string): string {
  return prompt.replaceAll(DIRECTIVE, '').trim()
}

function mannerIn(prompt: string, isFirst: () => boolean): Manner {
  if (prompt.includes('!silent')) return 'silent'
  if (prompt.includes('!drop once') && isFirst()) return 'broken'
  return prompt.includes('!slow') ? 'slow' : 'usual'
}

function replyIn(prompt: string, isFirst: () => boolean): Reply | undefined {
  if (prompt.includes('!refuse')) return fail(400, 'content_policy_violation')
  const [failing, once, status] = prompt.match(/!fail( once)?(?: (\d{3}))?/) ?? []
  if (failing && (!once || isFirst())) return fail(Number(status ?? 500))
  const count = prompt.match(/!long (\d+)/)?.[1]
  return count ? say(numbersTo(Math.min(Number(count), LONGEST))) : undefined
}

function numbersTo(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(' ')
}
