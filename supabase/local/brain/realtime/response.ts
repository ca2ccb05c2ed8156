import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '../answer.ts'
import type { Failure } from '../script.ts'
import type { Conversation, Item } from './conversation.ts'
import { idOf, type Session } from './session.ts'
import { toneFor } from './sound.ts'

/** Milliseconds before the first piece and between two of them. */
export type Pace = { firstMs: number; pieceMs: number }

/** What a response is made with. */
type Options = {
  session: Session
  conversation: Conversation
  answer: Answer
  pace: Pace
  send: (event: { type: string } & Record<string, unknown>) => void
  /** Breaks the line, as a directive may order. */
  drop: () => void
  /** Fired when the client cancels the response or goes away. */
  signal: AbortSignal
}

const SLOW: Pace = { firstMs: 100, pieceMs: 1_000 }

/** Acts out one response: its words piece by piece with a tone as long as saying them takes, then its calls of tools. */
export async function respond(options: Options): Promise<void> {
  const { session, answer, send } = options
  const id = idOf('resp')
  const { format, voice } = session.audio.output
  const frame = { id, object: 'realtime.response', output_modalities: session.output_modalities }
  const audio = { output: { format, voice } }
  send({ type: 'response.created', response: { ...frame, audio, status: 'in_progress', output: [], usage: null } })
  const output: Item[] = []
  const finish = (end: object) => {
    const usage = { input_tokens: 0, output_tokens: tokensOf(output), total_tokens: tokensOf(output) }
    send({ type: 'response.done', response: { ...frame, audio, output, usage, ...end } })
  }
  const { reply } = answer
  if ('status' in reply) return finish(failed(reply))
  await (answer.manner === 'silent' ? forever(options.signal) : wait(paceOf(options).firstMs, options.signal))
  for (const part of [reply].flat()) {
    if (options.signal.aborted) break
    const place = { response_id: id, output_index: output.length }
    output.push('text' in part ? await say(part.text, place, options) : call(part, place, options))
  }
  finish(options.signal.aborted ? CANCELLED : { status: 'completed', status_details: null })
}

const CANCELLED = { status: 'cancelled', status_details: { type: 'cancelled', reason: 'client_cancelled' } }

function failed({ status, code }: Failure): object {
  const error = {
    type: status === 429 ? 'rate_limit_exceeded' : 'server_error',
    code: code ?? (status === 429 ? 'rate_limit_exceeded' : null),
    message: 'The demo model fails because it was told to.',
  }
  return { status: 'failed', status_details: { type: 'failed', error } }
}

type Place = { response_id: string; output_index: number }

async function say(words: string, place: Place, options: Options): Promise<Item> {
  const { send, conversation, signal, session } = options
  const isSpoken = session.output_modalities.includes('audio')
  const { item, previous } = begin({ type: 'message', role: 'assistant', content: [] }, place, options)
  const at = { ...place, item_id: item.id, content_index: 0 }
  send({ type: 'response.content_part.added', ...at, part: { type: isSpoken ? 'audio' : 'text' } })
  let said = ''
  for (const piece of piecesOf(words)) {
    said += piece
    if (isSpoken) send({ type: 'response.output_audio_transcript.delta', ...at, delta: piece })
    if (isSpoken) send({ type: 'response.output_audio.delta', ...at, delta: toneFor(piece) })
    else send({ type: 'response.output_text.delta', ...at, delta: piece })
    if (options.answer.manner === 'broken') options.drop()
    await wait(paceOf(options).pieceMs, signal)
    if (signal.aborted) break
  }
  // What was cut off by the client meanwhile stays without its words.
  const isCut = conversation.find(item.id)?.content?.length === 1
  if (!isCut)
    item.content = [isSpoken ? { type: 'output_audio', transcript: said } : { type: 'output_text', text: said }]
  item.status = signal.aborted ? 'incomplete' : 'completed'
  if (isSpoken) {
    send({ type: 'response.output_audio.done', ...at })
    send({ type: 'response.output_audio_transcript.done', ...at, transcript: said })
  } else send({ type: 'response.output_text.done', ...at, text: said })
  return end(item, previous, place, options)
}

function call({ tool, args }: { tool: string; args: object }, place: Place, options: Options): Item {
  const callId = `call_${crypto.randomUUID().slice(0, 18)}`
  const { item, previous } = begin(
    { type: 'function_call', name: tool, call_id: callId, arguments: '' },
    place,
    options,
  )
  item.arguments = JSON.stringify(args)
  const at = { ...place, item_id: item.id, call_id: callId }
  options.send({ type: 'response.function_call_arguments.delta', ...at, delta: item.arguments })
  options.send({ type: 'response.function_call_arguments.done', ...at, arguments: item.arguments })
  item.status = 'completed'
  return end(item, previous, place, options)
}

function begin(given: Omit<Item, 'id'>, place: Place, { conversation, send }: Options) {
  const added = conversation.add({ ...given, status: 'in_progress' })
  send({ type: 'response.output_item.added', ...place, item: added.item })
  send({ type: 'conversation.item.added', previous_item_id: added.previous, item: added.item })
  return added
}

function end(item: Item, previous: string | null, place: Place, { send }: Options): Item {
  send({ type: 'response.output_item.done', ...place, item })
  send({ type: 'conversation.item.done', previous_item_id: previous, item })
  return item
}

function paceOf({ answer, pace }: Options): Pace {
  return answer.manner === 'slow' ? SLOW : pace
}

/** A few words each. */
function piecesOf(words: string): string[] {
  return words.match(/\S+\s*(?:\S+\s*){0,3}/g) ?? []
}

/** Ends early, and without complaint, when the response is cancelled. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined)
}

function forever(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** About four characters a token, as a rule of thumb. */
function tokensOf(output: Item[]): number {
  return Math.ceil(JSON.stringify(output).length / 4)
}
