import type { ChatCompletionRequest } from '@copilotkit/aimock'
import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { Answer } from '../answer.ts'
import { say } from '../script.ts'
import { createConversation, type Item } from './conversation.ts'
import { type Pace, respond } from './response.ts'
import { changed, idOf, type Session } from './session.ts'
import { createEar } from './sound.ts'

/** What a call is held with. */
export type CallOptions = {
  session: Session
  pace: Pace
  answer: (request: ChatCompletionRequest) => Answer
  /** What is written down of so many seconds of speech. */
  hears: (seconds: number) => string
}

type Sent = { type: string; event_id?: string | undefined } & Record<string, unknown>

/** An event that cannot be obeyed; the client is told so and the call goes on. */
class Refused extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const item = z.object({ type: z.enum(['message', 'function_call', 'function_call_output']) }).loose()
const detection = z.object({
  silence_duration_ms: z.number().optional(),
  interrupt_response: z.boolean().optional(),
  create_response: z.boolean().optional(),
})
const named = z.object({ item_id: z.string() })

/** Speaks the provider's Realtime protocol on one socket: client events in, server events out. */
export function holdCall(socket: WebSocket, { session: first, pace, answer, hears }: CallOptions): void {
  let session = first
  let response: AbortController | undefined
  const conversation = createConversation()
  const ear = createEar()
  const send = (event: { type: string } & Record<string, unknown>) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ event_id: idOf('event'), ...event }))
  }

  const add = (given: Omit<Item, 'id'> & { id?: string }, after?: string | null) => {
    const { item, previous } = conversation.add(given, after)
    send({ type: 'conversation.item.added', previous_item_id: previous, item })
    send({ type: 'conversation.item.done', previous_item_id: previous, item })
    return { item, previous }
  }
  const found = (event: Sent, code: string) => {
    const { item_id } = named.parse(event)
    const found = conversation.find(item_id)
    if (!found) throw new Refused(code, `Item with item_id '${item_id}' not found.`)
    return found
  }
  const commit = () => {
    const seconds = ear.seconds()
    if (seconds < 0.1) throw new Refused('input_audio_buffer_commit_empty', 'Expected at least 100ms of audio.')
    ear.clear()
    const content = [{ type: 'input_audio', transcript: null }]
    const { item, previous } = conversation.add({ type: 'message', role: 'user', content })
    send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: item.id })
    send({ type: 'conversation.item.added', previous_item_id: previous, item })
    send({ type: 'conversation.item.done', previous_item_id: previous, item })
    const transcript = hears(seconds)
    item.content = [{ type: 'input_audio', transcript }]
    if (!session.audio.input.transcription) return
    const usage = { type: 'duration', seconds }
    const at = { item_id: item.id, content_index: 0 }
    send({ type: 'conversation.item.input_audio_transcription.completed', ...at, transcript, usage })
  }
  // Who has set no turn detection says by `commit` when a turn is over.
  const listen = (audio: string) => {
    const { turn_detection } = session.audio.input
    if (!turn_detection) return ear.hear(audio)
    const {
      silence_duration_ms = 500,
      interrupt_response = true,
      create_response = true,
    } = detection.parse(turn_detection)
    const turn = ear.detect(audio, silence_duration_ms)
    const now = Math.round(performance.now())
    if (turn === 'started') {
      send({ type: 'input_audio_buffer.speech_started', audio_start_ms: now, item_id: idOf('item') })
      if (interrupt_response) response?.abort()
    } else if (turn === 'stopped') {
      send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: now, item_id: idOf('item') })
      commit()
      if (create_response) return create()
    }
  }
  const begun = () => {
    response = new AbortController()
    return response
  }
  const create = async () => {
    if (response) {
      const message = 'Conversation already has an active response in progress.'
      throw new Refused('conversation_already_has_active_response', message)
    }
    const { signal } = begun()
    const request = conversation.requestOf(session)
    try {
      const drop = () => socket.terminate()
      await respond({ session, conversation, answer: politely(answer(request)), pace, send, drop, signal })
    } finally {
      response = undefined
    }
  }

  const deeds: Record<string, (event: Sent) => void | Promise<void>> = {
    'session.update': event => {
      session = changed(session, z.object({ session: z.record(z.string(), z.unknown()) }).parse(event).session)
      send({ type: 'session.updated', session })
    },
    'conversation.item.create': event => {
      const after = z.object({ previous_item_id: z.string().nullish() }).parse(event).previous_item_id
      add(item.parse(event.item) as Omit<Item, 'id'>, after)
    },
    'conversation.item.retrieve': event => {
      send({ type: 'conversation.item.retrieved', item: found(event, 'item_retrieve_invalid_item_id') })
    },
    'conversation.item.delete': event => {
      const { id } = found(event, 'item_delete_invalid_item_id')
      conversation.remove(id)
      send({ type: 'conversation.item.deleted', item_id: id })
    },
    'conversation.item.truncate': event => {
      const cut = found(event, 'item_truncate_invalid_item_id')
      const { audio_end_ms } = z.object({ audio_end_ms: z.number().int() }).parse(event)
      // As the provider does: nobody knows which of the words were heard.
      cut.content = [{ type: 'output_audio' }]
      send({ type: 'conversation.item.truncated', item_id: cut.id, content_index: 0, audio_end_ms })
    },
    'input_audio_buffer.append': event => listen(z.object({ audio: z.string() }).parse(event).audio),
    'input_audio_buffer.clear': () => {
      ear.clear()
      send({ type: 'input_audio_buffer.cleared' })
    },
    'input_audio_buffer.commit': commit,
    'response.create': create,
    'response.cancel': () => {
      if (!response) throw new Refused('response_cancel_not_active', 'Cancellation failed: no active response found.')
      response.abort()
    },
  }

  socket.on('close', () => response?.abort())
  socket.on('message', async data => {
    let event: Sent | undefined
    try {
      event = parsed(String(data))
      const deed = deeds[event.type]
      if (!deed) throw new Refused('invalid_value', `Invalid value: '${event.type}'.`)
      await deed(event)
    } catch (error) {
      send({
        type: 'error',
        error: { type: 'invalid_request_error', ...told(error), event_id: event?.event_id ?? null },
      })
    }
  })
  send({ type: 'session.created', session })
}

// How the Agents SDK tells a model that a guardrail objected: as if the user had said it. No script knows of it.
const FEEDBACK = /^⚠️ Your last answer was blocked/

function politely(answer: Answer): Answer {
  if (!FEEDBACK.test(answer.prompt)) return answer
  return { ...answer, reply: say('I am sorry, I cannot help with that. Is there anything else?') }
}

function parsed(text: string): Sent {
  try {
    return z.object({ type: z.string(), event_id: z.string().optional() }).loose().parse(JSON.parse(text))
  } catch {
    throw new Refused('invalid_json', 'The event is no JSON object with a type.')
  }
}

function told(error: unknown): { code: string; message: string } {
  if (error instanceof Refused) return { code: error.code, message: error.message }
  if (error instanceof z.ZodError) return { code: 'invalid_value', message: z.prettifyError(error) }
  throw error
}
