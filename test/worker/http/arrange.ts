import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { SignJWT } from 'jose'
import { createApp, listen } from '../../../worker/http/app.ts'
import { createDoors, type DoorsOptions } from '../../../worker/http/doors.ts'
import type { Stack } from '../../support/stack.ts'
import { listenIn } from '../arrange.ts'

export const ORIGIN = 'https://app.example.test'

type Project = Pick<Stack, 'url' | 'anonKey'>

/** What users call, served for one project, or for none; ended by `stop`. */
export async function openDoors(stack: Project | undefined, more: Partial<DoorsOptions> = {}) {
  const ending = new AbortController()
  const told = listenIn()
  const allowedHosts = ['127.0.0.1', 'api.example.test']
  const http = { host: '127.0.0.1', port: 0, allowedHosts, allowedOrigins: [ORIGIN] }
  const project = stack && { url: stack.url, publishableKey: stack.anonKey }
  const doors = createDoors({
    config: { version: '0', http, project },
    telemetry: told.telemetry,
    ending: ending.signal,
    modelName: 'gpt-test',
    moderate: null,
    mintRealtimeKey: async () => ({ client_secret: { value: 'ek_test', expires_at: 1 }, model: 'gpt-realtime' }),
    takeTurn: async () => 0,
    seeTurn: async () => 0,
    responseModels: [],
    respond: () => {
      throw new Error('Nobody is there to respond.')
    },
    ...more,
  })
  const app = createApp(() => undefined, told.telemetry, undefined, doors)
  const { url, close } = await listen(app, http)
  return { url, told, ending, stop: close }
}

/** The SDK's own client, signed in with this token. */
export async function connectMcp(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'tests', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }))
  return client
}

/** A token as the project makes them, or nearly. */
export function tokenFor(secret: string, claims: Record<string, unknown>): Promise<string> {
  const known = { role: 'authenticated', aud: 'authenticated', exp: Math.floor(Date.now() / 1000) + 60 }
  return new SignJWT({ ...known, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
}
