import { appendLastVoiceItems, appendVoiceItems } from './session-rows.ts'
import { type Entry, saidIn } from './transcript.ts'

const BATCH_MS = 1_000
const RETRY_MS = 5_000
const MOST = 50

/**
 * Keeps the minutes of a call on the server: what was said goes there in batches, and again until it has arrived; the
 * server takes each item once.
 *
 * @param isBeingChecked something of it may yet be withheld.
 */
export function keepMinutes(sessionId: string, isBeingChecked: () => boolean) {
  const kept = new Set<string>()
  let entries: readonly Entry[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let sending: Promise<void> | undefined

  const send = async () => {
    timer = undefined
    if (isBeingChecked()) return plan(BATCH_MS)
    const batch = open().slice(0, MOST)
    if (batch.length === 0) return
    let pause = BATCH_MS
    try {
      await appendVoiceItems(sessionId, batch)
      for (const { id } of batch) kept.add(id)
    } catch {
      // Nobody has to know of it: it is tried again, and what was said stands on the page.
      pause = RETRY_MS
    }
    plan(pause)
  }
  // What a person said is there already.
  const open = () => saidIn(entries).filter(({ id, isFromPerson }) => !isFromPerson && !kept.has(id))
  const plan = (ms: number) => {
    if (timer !== undefined || open().length === 0) return
    timer = setTimeout(() => {
      sending = send()
    }, ms)
  }
  // A page that is hidden may be gone next, without another word. What is still being checked may be withheld.
  const onHide = () => {
    if (document.visibilityState !== 'hidden') return
    const rest = open().filter(({ role }) => role === 'user' || !isBeingChecked())
    if (rest.length > 0) appendLastVoiceItems(sessionId, rest.slice(0, MOST))
  }
  const left = new AbortController()
  document.addEventListener('visibilitychange', onHide, left)
  window.addEventListener('pagehide', onHide, left)
  return {
    note(next: readonly Entry[]): void {
      entries = next
      if (open().length > 0) plan(BATCH_MS)
    },
    /** Sends what is left, once. */
    async close(): Promise<void> {
      left.abort()
      clearTimeout(timer)
      await sending
      clearTimeout(timer)
      await send()
      clearTimeout(timer)
    },
  }
}
