import { randomBytes } from 'node:crypto'

/** A tool as a session names it. */
type Tool = { type: string; name: string; description?: string; parameters?: Record<string, unknown> }

/** What a session is set to; the parts that this stand-in looks at are named. */
export type Session = {
  id: string
  type: 'realtime'
  object: 'realtime.session'
  model: string
  instructions: string
  output_modalities: string[]
  tools: Tool[]
  tracing: unknown
  audio: {
    input: { format: object; transcription: object | null; turn_detection: object | null }
    output: { format: object; voice: string; speed: number }
  }
}

/** A new session, with what is asked of it. */
export function sessionOf(asked: object = {}): Session {
  const format = { type: 'audio/pcm', rate: 24_000 }
  const usual: Session = {
    id: idOf('sess'),
    type: 'realtime',
    object: 'realtime.session',
    model: 'gpt-realtime',
    instructions: '',
    output_modalities: ['audio'],
    tools: [],
    tracing: null,
    audio: {
      input: { format, transcription: null, turn_detection: { type: 'server_vad' } },
      output: { format, voice: 'alloy', speed: 1 },
    },
  }
  return changed(usual, asked)
}

/** The session with what `session.update` sets; what it does not name stays. */
export function changed(session: Session, { audio, ...rest }: Partial<Session>): Session {
  return {
    ...session,
    ...rest,
    id: session.id,
    audio: {
      input: { ...session.audio.input, ...audio?.input },
      output: { ...session.audio.output, ...audio?.output },
    },
  }
}

/** An id as the provider shapes them. */
export function idOf(kind: 'sess' | 'item' | 'resp' | 'event'): string {
  return `${kind}_${randomBytes(10).toString('hex')}`
}
