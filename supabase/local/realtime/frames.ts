/**
 * The two wire formats.
 *
 *   vsn 2.0.0 text    [join_ref, ref, topic, event, payload]
 *   vsn 1.0.0 text    { topic, event, payload, ref, join_ref }
 *   binary, kind 3    client → server: a broadcast; five one-byte lengths and an encoding, five strings, the payload
 *   binary, kind 4    server → client: a broadcast; three one-byte lengths and an encoding, three strings, the payload
 *
 * The client knows no other binary kind and throws on them.
 */

/** One message of the protocol. */
export type Frame = {
  joinRef: string | null
  ref: string | null
  topic: string
  event: string
  payload: unknown
  /** Set only on a broadcast that came in binary; its payload is then empty. */
  push?: Push
}

/** Version of the wire format that the client asked for. */
export type Vsn = '1.0.0' | '2.0.0'

/** What a broadcast carries: the text of a JSON value, kept as it came, or bytes. */
export type Body = { json: string } | { bytes: Uint8Array }

/** A broadcast on its way out. */
type Outgoing = { topic: string; event: string; body: Body; meta?: Record<string, unknown> }

/** What a client asks to be broadcast. */
export type Push = { event: string; body: Body }

const pushKind = 3
const broadcastKind = 4
const jsonEncoding = 1

/** Reads what a client sent. @throws when it is no frame at all. */
export function decodeFrame(data: Buffer, isBinary: boolean, vsn: Vsn): Frame {
  if (isBinary) return decodePush(data)
  const message = JSON.parse(data.toString())
  const parts = [message.join_ref, message.ref, message.topic, message.event, message.payload]
  const [joinRef, ref, topic, event, payload] = vsn === '1.0.0' ? parts : message
  if (typeof topic !== 'string' || typeof event !== 'string') throw new Error('a frame needs a topic and an event')
  return { joinRef: joinRef ?? null, ref: ref ?? null, topic, event, payload: payload ?? {} }
}

function decodePush(data: Buffer): Frame {
  const lengths = [...data.subarray(1, 6)]
  if (data[0] !== pushKind || lengths.length < 5) throw new Error(`unknown binary frame of kind ${data[0]}`)
  let at = 7
  const [joinRef, ref, topic, event] = lengths.map(length => {
    at += length
    return data.toString('utf8', at - length, at)
  }) as [string, string, string, string]
  const rest = data.subarray(at)
  const body: Body = data[6] === jsonEncoding ? { json: rest.toString() } : { bytes: rest }
  return { joinRef: joinRef || null, ref: ref || null, topic, event: 'broadcast', payload: {}, push: { event, body } }
}

/** Writes any frame as text. */
export function encodeFrame({ joinRef, ref, topic, event, payload }: Frame, vsn: Vsn): string {
  if (vsn === '1.0.0') return JSON.stringify({ topic, event, payload, ref, join_ref: joinRef })
  return JSON.stringify([joinRef, ref, topic, event, payload])
}

/**
 * Writes a broadcast: binary where it fits, else text.
 * Undefined when the old format cannot carry it, since bytes have no form in text.
 */
export function encodeBroadcast(message: Outgoing, vsn: Vsn): string | Buffer | undefined {
  const { topic, event, body, meta } = message
  const head = [topic, event, meta ? JSON.stringify(meta) : ''].map(text => Buffer.from(text))
  if (vsn === '2.0.0' && head.every(field => field.length <= 255)) {
    const encoding = 'json' in body ? jsonEncoding : 0
    const prefix = Buffer.from([broadcastKind, ...head.map(field => field.length), encoding])
    return Buffer.concat([prefix, ...head, 'json' in body ? Buffer.from(body.json) : body.bytes])
  }
  if (!('json' in body)) return undefined
  const payload = { type: 'broadcast', event, payload: JSON.parse(body.json), ...(meta && { meta }) }
  return encodeFrame({ joinRef: null, ref: null, topic, event: 'broadcast', payload }, vsn)
}
