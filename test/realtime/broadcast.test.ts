import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anonKey, type Stand, serviceKey, startStand, tokenOf } from './fixture.ts'
import { hear, say } from './hear.ts'

let stand: Stand

beforeAll(async () => {
  stand = await startStand('', { maxPayloadBytes: 1000 })
}, 20_000)

afterAll(() => stand.stop())

describe('over the socket', () => {
  test('a message reaches the others of its topic, and neither its sender nor other topics', async () => {
    const [sender, listener, other] = await Promise.all([
      hear(stand.client(), 'room'),
      hear(stand.client(), 'room'),
      hear(stand.client(), 'elsewhere'),
    ])
    await say(sender, 'greeting', { text: 'hé' })
    expect(await listener.messages.next()).toMatchObject({ event: 'greeting', payload: { text: 'hé' } })
    await say(listener, 'answer')
    expect(await sender.messages.next()).toMatchObject({ event: 'answer' })
    expect(other.messages.rest()).toEqual([])
  }, 5_000)

  test('a sender hears itself and gets a receipt when it asks for that', async () => {
    const ear = await hear(stand.client(), 'echo', { broadcast: { self: true, ack: true } })
    expect(await say(ear, 'hello', { a: 1 })).toBe('ok')
    expect(await ear.messages.next()).toMatchObject({ event: 'hello', payload: { a: 1 } })
  }, 5_000)

  test('bytes arrive as bytes', async () => {
    const [sender, listener] = await Promise.all([hear(stand.client(), 'bytes'), hear(stand.client(), 'bytes')])
    await say(sender, 'blob', new Uint8Array([1, 2, 255]).buffer)
    const { payload } = await listener.messages.next()
    expect([...new Uint8Array(payload as ArrayBuffer)]).toEqual([1, 2, 255])
  }, 5_000)

  test('a message that is too large is refused', async () => {
    const ear = await hear(stand.client(), 'large', { broadcast: { ack: true } })
    expect(await say(ear, 'large', { text: 'x'.repeat(1000) })).toBe('error')
  }, 5_000)

  test('a client of protocol 1.0.0 and one of 2.0.0 understand each other', async () => {
    const realtime = { vsn: '1.0.0' } as const
    const old = createClient(stand.url, anonKey, { realtime, auth: { persistSession: false } })
    const [first, second] = await Promise.all([hear(old, 'ages'), hear(stand.client(), 'ages')])
    await say(first, 'from the old', { a: 1 })
    expect(await second.messages.next()).toMatchObject({ event: 'from the old', payload: { a: 1 } })
    await say(second, 'from the new', { b: 2 })
    expect(await first.messages.next()).toMatchObject({ event: 'from the new', payload: { b: 2 } })
    await old.realtime.disconnect()
  }, 5_000)

  test('a topic with a long name still carries messages', async () => {
    const name = 'n'.repeat(250)
    const listener = await hear(stand.client(), name)
    await post('', { messages: [{ topic: name, event: 'e', payload: 1 }] })
    expect(await listener.messages.next()).toMatchObject({ event: 'e', payload: 1 })
  }, 5_000)
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${stand.url}/realtime/v1/api/broadcast${path}`, {
    method: 'POST',
    headers: { apikey: anonKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('over HTTP', () => {
  test('a batch reaches each topic of it', async () => {
    const [one, two] = await Promise.all([hear(stand.client(), 'one'), hear(stand.client(), 'two')])
    const messages = [
      { topic: 'one', event: 'a', payload: { n: 1 } },
      { topic: 'two', event: 'b', payload: { n: 2 } },
    ]
    const response = await post('', { messages })
    expect(response.status).toBe(202)
    expect(await one.messages.next()).toMatchObject({ event: 'a', payload: { n: 1 }, meta: { id: expect.any(String) } })
    expect(await two.messages.next()).toMatchObject({ event: 'b', payload: { n: 2 } })
  }, 5_000)

  test("the client's httpSend reaches the topic, with JSON and with bytes", async () => {
    const listener = await hear(stand.client(), 'a/b: c')
    const sender = stand.client().channel('a/b: c')
    expect(await sender.httpSend('to ken', { n: 1 })).toEqual({ success: true })
    expect(await listener.messages.next()).toMatchObject({ event: 'to ken', payload: { n: 1 } })
    await sender.httpSend('bytes', new Uint8Array([7, 8]).buffer)
    expect([...new Uint8Array((await listener.messages.next()).payload as ArrayBuffer)]).toEqual([7, 8])
  }, 5_000)

  test('a browser of any origin may ask', async () => {
    const response = await fetch(`${stand.url}/realtime/v1/api/broadcast`, { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
  }, 5_000)

  const message = { topic: 't', event: 'e', payload: {} }
  test.for<[what: string, status: number, path: string, body: unknown, headers?: Record<string, string>]>([
    ['a body without messages', 422, '', {}],
    ['a message without a topic', 422, '', { messages: [{ ...message, topic: '' }] }],
    ['a message without an event', 422, '', { messages: [{ ...message, event: undefined }] }],
    ['a message without a payload', 422, '', { messages: [{ ...message, payload: undefined }] }],
    ['a message that is null', 422, '', { messages: [null] }],
    ['a message that is too large', 422, '', { messages: [{ ...message, payload: 'x'.repeat(1000) }] }],
    ['another content type', 415, '/t/events/e', {}, { 'content-type': 'text/plain' }],
    ['a broken escape in the topic', 422, '/%zz/events/e', {}],
    ['an unknown path', 404, '/t/elsewhere', {}],
    ['no key', 401, '', { messages: [message] }, { apikey: '' }],
    ['an unknown key', 401, '', { messages: [message] }, { apikey: 'sb_secret_guessed' }],
    ['a forged token beside a good key', 401, '', { messages: [message] }, { authorization: 'Bearer a.b.c' }],
  ])('%s is answered with %i', { timeout: 5_000 }, async ([, status, path, body, headers]) => {
    expect((await post(path, body, headers)).status).toBe(status)
  })

  test('a token is accepted in place of a key', async () => {
    const authorization = `Bearer ${await tokenOf('owner')}`
    expect((await post('', { messages: [message] }, { apikey: '', authorization })).status).toBe(202)
    expect((await post('', { messages: [message] }, { authorization: `Bearer ${serviceKey}` })).status).toBe(202)
  }, 5_000)
})
