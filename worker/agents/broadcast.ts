import type { Config } from '../config.ts'
import type { Telemetry } from '../telemetry.ts'

/** Sends an event to those who listen on a private topic now. Fire and forget: the rows are the truth. */
export type Broadcast = (topic: string, event: string, payload: object) => void

type Message = { topic: string; event: string; payload: object; private: true }

const MOST_MESSAGES = 100
/** While Realtime hangs, only the latest are kept. */
const MOST_WAITING = 1_000

/**
 * Broadcasts over Realtime's REST endpoint: no socket, no limit of channels. What all tasks of this process have to say
 * while one request is under way goes together into the next.
 */
export function createBroadcast({ url, key }: Config['supabase'], telemetry: Telemetry): Broadcast {
  const endpoint = new URL('realtime/v1/api/broadcast', url.endsWith('/') ? url : `${url}/`)
  const headers = { apikey: key, authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const waiting: Message[] = []
  let busy = false

  const send = async () => {
    busy = true
    while (waiting.length > 0) {
      const body = JSON.stringify({ messages: waiting.splice(0, MOST_MESSAGES) })
      try {
        const response = await fetch(endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(5_000) })
        if (!response.ok) telemetry.broadcastFailed(new Error(`Realtime answered ${response.status}.`))
        await response.body?.cancel()
      } catch (error) {
        telemetry.broadcastFailed(error)
      }
    }
    busy = false
  }

  return (topic, event, payload) => {
    waiting.push({ topic, event, payload, private: true })
    if (waiting.length > MOST_WAITING) waiting.shift()
    if (!busy) void send()
  }
}
