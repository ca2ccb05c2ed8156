import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Mountable } from '@copilotkit/aimock'
import { type Session, sessionOf } from './session.ts'

/** A key for one session, made on the server and given to a browser. */
type Secret = { session: Session; expiresAt: number }

/** How a key stands: of no use after its end, and one that nobody has made is of none at all. */
export type Standing = { isGood: true; session: Session } | { isGood: false; code: string; message: string }

/** Seconds that a key may live, and does unless told. */
const LIFE = { least: 10, most: 7200, usual: 600 }
const KEPT = 1000

/** `/v1/realtime/client_secrets`: keys that a browser may hold, each bound to the session that it was made for. */
export function createSecrets(): Mountable & { standingOf: (key: string) => Standing } {
  const secrets = new Map<string, Secret>()
  return {
    standingOf(key) {
      const secret = secrets.get(key)
      if (!secret) return refused('invalid_api_key', 'Incorrect API key provided.')
      if (secret.expiresAt * 1000 <= Date.now()) return refused('expired_api_key', 'The ephemeral key has expired.')
      return { isGood: true, session: structuredClone(secret.session) }
    },
    async handleRequest(request, response) {
      const asked = parsed(await text(request))
      const seconds = lifeIn(asked)
      if (request.method !== 'POST' || !asked || seconds === undefined) return answer(response, 400, REFUSAL)
      const value = `ek_${randomBytes(24).toString('base64url')}`
      const secret = { session: sessionOf(asked.session), expiresAt: Math.floor(Date.now() / 1000) + seconds }
      secrets.set(value, secret)
      if (secrets.size > KEPT) secrets.delete(secrets.keys().next().value ?? '')
      return answer(response, 200, { value, expires_at: secret.expiresAt, session: secret.session })
    },
  }
}

/** The key that comes along: in a header from a server, as a subprotocol from a browser, which can set no header. */
export function keyIn({ headers }: IncomingMessage): { key: string; isBrowser: boolean } {
  const offered = headers['sec-websocket-protocol']?.split(/, */) ?? []
  const named = offered.find(each => each.startsWith(PROTOCOL))?.slice(PROTOCOL.length)
  return { key: named ?? headers.authorization?.replace(/^Bearer +/i, '') ?? '', isBrowser: named !== undefined }
}

const PROTOCOL = 'openai-insecure-api-key.'

const REFUSAL = {
  error: {
    message: `Give a session, and expires_after.seconds from ${LIFE.least} to ${LIFE.most} if at all.`,
    type: 'invalid_request_error',
  },
}

function refused(code: string, message: string): Standing {
  return { isGood: false, code, message }
}

type Asked = { session?: object; expires_after?: { seconds?: unknown } }

function parsed(body: string): Asked | undefined {
  try {
    const value: unknown = JSON.parse(body || '{}')
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function lifeIn(asked: Asked | undefined): number | undefined {
  const seconds = asked?.expires_after?.seconds ?? LIFE.usual
  const isFit = typeof seconds === 'number' && seconds >= LIFE.least && seconds <= LIFE.most
  return isFit ? seconds : undefined
}

function answer(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
  return true
}
