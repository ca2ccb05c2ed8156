import { once } from 'node:events'
import { backgroundResult, RealtimeAgent, RealtimeSession, tool } from '@openai/agents/realtime'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { call, fail, handoff, type Script, say } from '../../../supabase/local/brain/script.ts'
import type { Brain } from '../../../supabase/local/brain.ts'
import { clientOf, openBrain } from './arrange.ts'

const desk: Script = {
  name: 'Desk',
  agent: /^You are the Desk\b/,
  turn: ({ prompt, results }) => {
    if (prompt.includes('busy')) return fail(429)
    if (prompt.includes('refund')) return handoff('refunds')
    const found = results('find').at(-1)
    if (found) return say(`Found: ${found.output}`)
    return prompt.includes('order') ? call('find', { what: prompt }) : say(`I heard: ${prompt}`)
  },
}
const refunds: Script = {
  name: 'Refunds',
  agent: /^You are Refunds\b/,
  turn: () => say('Here are the refunds.'),
}

const secretOf = (brain: Brain) =>
  clientOf(brain).realtime.clientSecrets.create({
    expires_after: { anchor: 'created_at', seconds: 60 },
    session: { type: 'realtime', model: 'gpt-realtime', instructions: 'You are the Desk of a shop.' },
  })

const socketOf = (brain: Brain) => `${brain.url.replace('http', 'ws')}/realtime?model=gpt-realtime`

/** A second of silence. */
const second = new ArrayBuffer(48_000)

/** A second of something loud. */
const tone = new Int16Array(24_000).fill(8_000).buffer

type Options = Parameters<typeof openBrain>[0] & { finds?: () => unknown; config?: object }

/** Calls the desk with a key of the kind that browsers get. */
async function callDesk({ finds = () => 'a lamp', config = {}, ...options }: Options = {}) {
  const brain = await openBrain({ scripts: [desk, refunds], ...options })
  const find = tool({
    name: 'find',
    description: 'Finds.',
    parameters: z.object({ what: z.string() }),
    execute: () => finds(),
  })
  const clerk = new RealtimeAgent({ name: 'refunds', instructions: 'You are Refunds of a shop.' })
  const instructions = 'You are the Desk of a shop.'
  const agent = new RealtimeAgent({ name: 'desk', instructions, tools: [find], handoffs: [clerk] })
  const audio = { input: { turnDetection: null } }
  const session = new RealtimeSession(agent, { transport: 'websocket', config: { audio, ...config } })
  const events: { type: string; [field: string]: unknown }[] = []
  session.on('transport_event', event => events.push(event as (typeof events)[number]))
  session.on('error', ({ error }) => errors.push(error))
  const errors: unknown[] = []
  await session.connect({ apiKey: (await secretOf(brain)).value, url: socketOf(brain) })
  onTestFinished(() => session.close())
  const seen = (type: string) => events.filter(event => event.type === type)
  return {
    brain,
    session,
    events,
    errors,
    seen,
    until: (type: string, times = 1) => expect.poll(() => seen(type).length).toBeGreaterThanOrEqual(times),
    /** What was said, as the SDK keeps it. */
    said: () =>
      session.history.flatMap(item =>
        item.type === 'message'
          ? item.content.map(part => ('text' in part ? part.text : (part as { transcript?: string }).transcript))
          : [],
      ),
  }
}

describe('a call', () => {
  it('answers a text with sound and its words', async () => {
    const { session, until, said, seen } = await callDesk()
    let bytes = 0
    session.on('audio', ({ data }) => {
      bytes += data.byteLength
    })
    session.sendMessage('Good morning, is anybody there?')
    await until('response.done')
    expect(said()).toEqual(['Good morning, is anybody there?', 'I heard: Good morning, is anybody there?'])
    expect(seen('response.output_audio_transcript.delta').length).toBeGreaterThan(1)
    // Sixty milliseconds a character.
    expect(bytes / 48).toBeCloseTo('I heard: Good morning, is anybody there?'.length * 60, -1)
  })

  it('answers in text alone when asked to', async () => {
    const { session, until, said, seen } = await callDesk({ config: { outputModalities: ['text'] } })
    session.sendMessage('Hello')
    await until('response.done')
    expect(said()).toEqual(['Hello', 'I heard: Hello'])
    expect(seen('response.output_audio.delta')).toEqual([])
  })

  it('writes down that something was said, and answers it', async () => {
    const { session, until, said } = await callDesk()
    session.sendAudio(second)
    session.sendAudio(second, { commit: true })
    await until('conversation.item.input_audio_transcription.completed')
    session.transport.requestResponse?.()
    await until('response.done')
    expect(said()).toEqual(['(spoken words, 2 s)', 'I heard: (spoken words, 2 s)'])
  })

  it('takes speech for the words of a test', async () => {
    const { session, until, said } = await callDesk({ hears: () => 'Where are my things?' })
    session.sendAudio(second, { commit: true })
    await until('conversation.item.input_audio_transcription.completed')
    await expect.poll(said).toEqual(['Where are my things?'])
  })

  it('hears by itself when somebody speaks and stops, falls silent then, and answers unless told otherwise', async () => {
    const config = { audio: { input: { turnDetection: { type: 'server_vad', createResponse: false } } } }
    const { session, until, seen, brain } = await callDesk({ config, pace: 'human' })
    session.sendMessage('Good morning, is anybody there?')
    await until('response.output_audio.delta')
    session.sendAudio(second)
    session.sendAudio(tone)
    await until('input_audio_buffer.speech_started')
    await until('response.done')
    expect(seen('response.done')[0]).toMatchObject({ response: { status: 'cancelled' } })
    session.sendAudio(second)
    await until('input_audio_buffer.speech_stopped')
    await until('conversation.item.input_audio_transcription.completed')
    const [heard] = seen('conversation.item.input_audio_transcription.completed')
    // A second of speech, with what is left of the silence around it.
    expect(heard).toMatchObject({ transcript: '(spoken words, 2 s)' })
    const calls = brain.calls()
    session.transport.sendEvent({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: { type: 'server_vad' } } } },
    })
    await until('session.updated', 2)
    session.sendAudio(tone)
    session.sendAudio(second)
    await until('response.done', 2)
    expect(brain.calls()).toBe(calls + 1)
  })

  it('refuses to take silence for speech', async () => {
    const { session, until, seen } = await callDesk()
    session.sendAudio(new ArrayBuffer(10), { commit: true })
    await until('error')
    expect(seen('error')[0]?.error).toMatchObject({ code: 'input_audio_buffer_commit_empty' })
  })

  it('calls tools and goes on with what they give', async () => {
    const { session, until, said, brain } = await callDesk()
    session.sendMessage('My order, please')
    await until('response.done', 2)
    expect(said().at(-1)).toBe('Found: a lamp')
    expect(brain.callLog().map(({ agent }) => agent)).toEqual(['Desk', 'Desk'])
  })

  it('can leave a result for later', async () => {
    const { session, until, seen } = await callDesk({ finds: () => backgroundResult('noted') })
    session.sendMessage('My order, please')
    await until('conversation.item.done', 2)
    expect(seen('response.done')).toHaveLength(1)
  })

  it('hands over to another agent', async () => {
    const { session, until, said, brain } = await callDesk()
    session.sendMessage('A refund, please')
    await until('response.done', 2)
    expect(session.currentAgent.name).toBe('refunds')
    expect(said().at(-1)).toBe('Here are the refunds.')
    expect(brain.callLog().map(({ agent }) => agent)).toEqual(['Desk', 'Refunds'])
  })

  it('stops when it is interrupted, and then answers the next question', async () => {
    const { session, until, seen, errors } = await callDesk()
    session.sendMessage('!slow this is going to be said rather slowly by you')
    await until('response.output_audio.delta')
    session.interrupt()
    await until('response.done')
    expect(seen('response.done')[0]?.response).toMatchObject({ status: 'cancelled' })
    expect(seen('conversation.item.truncated')).toHaveLength(1)
    session.sendMessage('Hello')
    await until('response.done', 2)
    expect(seen('response.done')[1]?.response).toMatchObject({ status: 'completed' })
    expect(errors).toEqual([])
  })

  it('fails as the provider does', async () => {
    const { session, until, seen } = await callDesk()
    session.sendMessage('Are you busy?')
    await until('response.done')
    expect(seen('response.done')[0]?.response).toMatchObject({
      status: 'failed',
      status_details: { error: { code: 'rate_limit_exceeded' } },
    })
  })

  it('apologizes when a guardrail of the client objects', async () => {
    const { session, until, said } = await callDesk()
    session.sendMessage('⚠️ Your last answer was blocked. Failed Guardrail Reason: manners.')
    await until('response.done')
    expect(said().at(-1)).toMatch(/^I am sorry/)
  })

  it('goes on with an earlier conversation', async () => {
    const { session, until, said } = await callDesk()
    session.updateHistory([
      {
        itemId: 'item_1',
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_text', text: 'Hello' }],
      },
      {
        itemId: 'item_2',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Good morning' }],
      },
    ])
    await until('conversation.item.added', 2)
    expect(said()).toEqual(['Hello', 'Good morning'])
  })

  it('can be broken off by the network', async () => {
    const { session, brain } = await callDesk()
    const states: string[] = []
    session.transport.on('connection_change', state => states.push(state))
    brain.hangUp()
    await expect.poll(() => states).toEqual(['disconnected'])
  })
})

describe('the events of a client', () => {
  it.each([
    [{ type: 'response.cancel' }, 'response_cancel_not_active'],
    [{ type: 'conversation.item.retrieve', item_id: 'none' }, 'item_retrieve_invalid_item_id'],
    [{ type: 'conversation.item.retrieve' }, 'invalid_value'],
    [{ type: 'dance' }, 'invalid_value'],
  ])('are refused where they cannot be obeyed: %j', async (event, code) => {
    const { session, until, seen } = await callDesk()
    session.transport.sendEvent({ ...event, event_id: 'mine' })
    await until('error')
    expect(seen('error')[0]?.error).toMatchObject({ code, event_id: 'mine' })
  })
})

describe('a key', () => {
  it('is made for one session, and for a while', async () => {
    const secret = await secretOf(await openBrain())
    expect(secret.value).toMatch(/^ek_/)
    expect(secret.expires_at).toBeGreaterThan(Date.now() / 1000 + 50)
    expect(secret.session).toMatchObject({ type: 'realtime', instructions: 'You are the Desk of a shop.' })
  })

  it('is not made without the key of the server', async () => {
    const brain = await openBrain()
    const response = await fetch(`${brain.url}/realtime/client_secrets`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
  })

  it('cannot live for a second', async () => {
    const asked = clientOf(await openBrain()).realtime.clientSecrets.create({
      expires_after: { anchor: 'created_at', seconds: 1 },
    })
    await expect(asked).rejects.toMatchObject({ status: 400 })
  })

  it('that nobody made opens nothing for a server', async () => {
    const brain = await openBrain()
    const socket = new WebSocket(socketOf(brain), { headers: { authorization: 'Bearer ek_none' } })
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('401')
  })

  it('that nobody made is told to a browser, which sees no status', async () => {
    const brain = await openBrain()
    const socket = new WebSocket(socketOf(brain), ['realtime', 'openai-insecure-api-key.ek_none'])
    const [[message], [code, reason]] = await Promise.all([once(socket, 'message'), once(socket, 'close')])
    expect(JSON.parse(String(message))).toMatchObject({ type: 'error', error: { code: 'invalid_api_key' } })
    expect([code, String(reason)]).toEqual([3000, 'invalid_request_error.invalid_api_key'])
  })

  it('opens nothing after its end', async () => {
    const brain = await openBrain()
    const { value } = await secretOf(brain)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    onTestFinished(() => void vi.useRealTimers())
    const socket = new WebSocket(socketOf(brain), ['realtime', `openai-insecure-api-key.${value}`])
    const [, reason] = await once(socket, 'close')
    expect(String(reason)).toBe('invalid_request_error.expired_api_key')
  })

  it('of the server opens nothing when a browser holds it', async () => {
    const brain = await openBrain()
    const socket = new WebSocket(socketOf(brain), ['realtime', `openai-insecure-api-key.${brain.key}`])
    const [code] = await once(socket, 'close')
    expect(code).toBe(3000)
  })
})
