import { z } from 'zod'
import type { WireEvent } from './line.ts'
import type { Message } from './transcript.ts'

/** What an event of the provider means for what is shown; null for the many that mean nothing there. */
export type News =
  | { is: 'ready' }
  | { is: 'message'; id: string; change: Partial<Message> & Pick<Message, 'role'>; more?: string }
  | { is: 'cut'; id: string }
  | { is: 'heard'; id: string; text: string }
  | { is: 'unheard'; id: string }
  | { is: 'hearing'; isHearing: boolean }
  | { is: 'committed' }
  | { is: 'thinking' }
  | { is: 'answered'; problem: string | null }
  | { is: 'speaking'; isSpeaking: boolean }
  | { is: 'error'; code: string | null; message: string }

const part = z.object({ type: z.string(), text: z.string().nullish(), transcript: z.string().nullish() })
const message = z.object({
  id: z.string(),
  type: z.literal('message'),
  role: z.enum(['user', 'assistant']),
  status: z.string().nullish(),
  content: z.array(part).default([]),
})
const carriesItem = z.object({ item: message })
const delta = z.object({ item_id: z.string(), delta: z.string() })
const ofItem = z.object({ item_id: z.string() })
const heard = ofItem.extend({ transcript: z.string() })
const failure = z.object({ code: z.string().nullish(), message: z.string().nullish() })
const ended = z.object({ response: z.object({ status_details: z.object({ error: failure.nullish() }).nullish() }) })

// How the SDK tells the model that a guardrail objected: as if the user had written it.
const FEEDBACK = /^⚠️ Your last answer was blocked/

/** Reads an event; what is not as documented means nothing. */
export function newsIn(event: WireEvent): News | null {
  return readers[event.type]?.(event) ?? null
}

type Reader = (event: WireEvent) => News | null

const grows: Reader = event => {
  const { success, data } = delta.safeParse(event)
  return success ? { is: 'message', id: data.item_id, change: { role: 'assistant' }, more: data.delta } : null
}

const readers: Record<string, Reader> = {
  'session.updated': () => ({ is: 'ready' }),
  'conversation.item.added': event => {
    const { item } = carriesItem.safeParse(event).data ?? {}
    if (item?.role !== 'user') return null
    const text = textOf(item.content)
    if (FEEDBACK.test(text)) return null
    const isSpoken = item.content.some(({ type }) => type === 'input_audio')
    return {
      is: 'message',
      id: item.id,
      change: { role: 'user', text, isSpoken, state: isSpoken ? 'writing' : 'said' },
    }
  },
  'input_audio_buffer.speech_started': () => ({ is: 'hearing', isHearing: true }),
  'input_audio_buffer.speech_stopped': () => ({ is: 'hearing', isHearing: false }),
  'input_audio_buffer.committed': () => ({ is: 'committed' }),
  'conversation.item.input_audio_transcription.completed': event => {
    const { data } = heard.safeParse(event)
    return data ? { is: 'heard', id: data.item_id, text: data.transcript.trim() } : null
  },
  'conversation.item.input_audio_transcription.failed': event => {
    const { data } = ofItem.safeParse(event)
    return data ? { is: 'unheard', id: data.item_id } : null
  },
  'response.output_audio_transcript.delta': grows,
  'response.output_text.delta': grows,
  'response.output_item.done': event => {
    const { item } = carriesItem.safeParse(event).data ?? {}
    if (item?.role !== 'assistant') return null
    const text = textOf(item.content)
    const state = item.status === 'incomplete' ? 'cut' : 'said'
    return { is: 'message', id: item.id, change: { role: 'assistant', state, ...(text && { text }) } }
  },
  'conversation.item.truncated': event => {
    const { data } = ofItem.safeParse(event)
    return data ? { is: 'cut', id: data.item_id } : null
  },
  'response.created': () => ({ is: 'thinking' }),
  'response.done': event => {
    const error = ended.safeParse(event).data?.response.status_details?.error
    return { is: 'answered', problem: error ? (error.message ?? 'The model gave no answer.') : null }
  },
  'output_audio_buffer.started': () => ({ is: 'speaking', isSpeaking: true }),
  'output_audio_buffer.stopped': () => ({ is: 'speaking', isSpeaking: false }),
  'output_audio_buffer.cleared': () => ({ is: 'speaking', isSpeaking: false }),
  error: event => {
    const { code, message } = failure.safeParse(event.error).data ?? {}
    return { is: 'error', code: code ?? null, message: message ?? 'The model objects without a reason.' }
  },
}

function textOf(content: z.output<typeof part>[]): string {
  return content.map(({ text, transcript }) => text ?? transcript ?? '').join('')
}
