import type { WireEvent } from './line.ts'
import { withLine } from './log.ts'
import { type Entry, type Message, type Notice, withEntry } from './transcript.ts'
import { idle, type LogLine, type VoiceState } from './voice-state.ts'
import type { News } from './wire.ts'

/** The state of a call, and the ways in which it changes. */
export type VoiceStore = ReturnType<typeof createVoiceStore>

/** A store of one page's call; its shape is that of `useSyncExternalStore`. */
export function createVoiceStore() {
  let state: VoiceState = idle
  const listeners = new Set<() => void>()

  const put = (part: Partial<VoiceState>) => {
    state = { ...state, ...part }
    for (const listener of listeners) listener()
  }
  const enter = <E extends Entry>(kind: E['kind'], id: string, change: (before: E | undefined) => E) =>
    put({ entries: withEntry(state.entries, kind, id, change) })
  const say = (id: string, change: Partial<Message>, more = '') =>
    enter<Message>('message', id, before => {
      const { role = 'assistant' } = change
      const agent = role === 'assistant' ? state.activeAgent : null
      const first = {
        kind: 'message',
        id,
        role,
        text: '',
        agent,
        isSpoken: false,
        isFromPerson: false,
        state: 'writing',
      } as const
      const message: Message = { ...first, ...before, ...change }
      return { ...message, text: message.text + more }
    })
  const find = (id: string) =>
    state.entries.find((entry): entry is Message => entry.kind === 'message' && entry.id === id)
  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    getSnapshot: () => state,
    put,
    enter,
    find,
    log: (way: LogLine['way'], event: WireEvent) => put({ logs: withLine(state.logs, way, event) }),
    notice(text: string, { isGuardrail = false } = {}): void {
      const id = crypto.randomUUID()
      enter<Notice>('notice', id, () => ({ kind: 'notice', id, text, isGuardrail }))
    },
    /** Takes a message out, as if nothing had been said. */
    drop: (id: string) =>
      put({ entries: state.entries.filter(({ kind, id: other }) => kind !== 'message' || other !== id) }),
    withhold: (id: string) => say(id, { state: 'withheld' }),
    withholdLatest(): void {
      const latest = state.entries.findLast(entry => entry.kind === 'message' && entry.role === 'assistant')
      if (latest) say(latest.id, { state: 'withheld' })
    },
    /** Shows what the provider tells. */
    apply(news: News) {
      const before = 'id' in news ? find(news.id) : undefined
      // What was withheld stays so, whatever comes after it.
      if (before?.state === 'withheld') return
      switch (news.is) {
        case 'message':
          // An item of before, which the model was reminded of.
          if (before?.role === 'user' && before.state !== 'writing') return
          return say(news.id, news.change, news.more)
        case 'heard':
          return say(news.id, { role: 'user', text: news.text, state: 'said', isSpoken: true })
        case 'unheard':
          return say(news.id, { role: 'user', text: '', state: 'cut', isSpoken: true })
        case 'cut':
          return before && say(news.id, { state: 'cut' })
        case 'thinking':
          return put({ isThinking: true })
        case 'answered':
          return put({ isThinking: false })
        case 'speaking':
          return put({ isSpeaking: news.isSpeaking })
      }
    },
  }
}
