import type { Escalation, Said } from '../../../shared/client/scenario-rows.ts'
import type { Line } from './line.ts'
import type { Message, PersonStep } from './transcript.ts'
import type { VoiceStore } from './voice-store.ts'

type Options = { store: VoiceStore; line: () => Line | undefined; interrupt: () => void }

/** The person who answers in the agents' place: shown as they come, speak and go; the agents hear what was said. */
export function createPerson({ store, line, interrupt }: Options) {
  const enter = ({ id, reason }: Escalation, step: PersonStep['step']) =>
    store.enter<PersonStep>(
      'person',
      `${id}/${step}`,
      before => before ?? { kind: 'person', id: `${id}/${step}`, step, reason },
    )
  return {
    /** How it stands with the person: asked for, there, or (null) not needed any more. */
    follow(now: Escalation | null): void {
      const before = store.getSnapshot().escalation
      if (before?.id === now?.id && before?.status === now?.status) return
      store.put({ escalation: now })
      if (before && before.id !== now?.id) enter(before, 'left')
      if (now && before?.id !== now.id) enter(now, 'asked')
      if (now?.status !== 'taken') return
      enter(now, 'came')
      interrupt()
    },
    /** Something that a person said. */
    hear({ seq, text }: Said): void {
      const id = `person_${seq}`
      if (store.find(id)) return
      const said = { role: 'assistant', isSpoken: false, isFromPerson: true, state: 'said' } as const
      const message: Message = { kind: 'message', id, text, agent: null, ...said }
      store.enter<Message>('message', id, () => message)
      line()?.add(message)
    },
  }
}
