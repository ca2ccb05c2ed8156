import { createClient } from '@supabase/supabase-js'
import { transcript } from '../../../shared/scenario-api.ts'

type Outcome = {
  /** Of each turn, in milliseconds. */
  times: number[]
  /** Answers that are not about what was said in this chat, all of it and in order. */
  mixed: number
  /** Turns that the transcript does not have. */
  lost: number
}

/** Holds a chat turn by turn, and compares in the end what was said with what is written. */
export async function chat(
  url: string,
  token: string,
  { name, turns }: { name: string; turns: number },
): Promise<Outcome> {
  const ask = asker(url, token)
  const { session_id } = await ask('/api/sdk/session/create', { scenario_id: 'retail' })
  const said: string[] = []
  const outcome: Outcome = { times: [], mixed: 0, lost: 0 }
  for (let n = 1; n <= turns; n++) {
    said.push(`${name}-${n}-${crypto.randomUUID()}`)
    const startedAt = performance.now()
    const { final_output } = await ask('/api/sdk/session/message', { session_id, user_input: said.at(-1) })
    outcome.times.push(performance.now() - startedAt)
    if (final_output !== said.join(' | ')) outcome.mixed++
  }
  const { items } = transcript.parse(await ask(`/api/sdk/session/transcript?session_id=${session_id}`))
  const written = items.filter(({ role }) => role === 'user').map(({ text }) => text)
  outcome.lost = said.filter((text, n) => written[n] !== text).length + Math.abs(written.length - said.length)
  return outcome
}

/** @returns the token of a new user. */
export async function signUp(
  { url, keys }: { url: string; keys: { publishable: string } },
  email: string,
): Promise<string> {
  const client = createClient(url, keys.publishable, { auth: { persistSession: false, autoRefreshToken: false } })
  const { data, error } = await client.auth.signUp({ email, password: 'a-password-for-benchmarks' })
  if (error || !data.session) throw error ?? new Error(`No session was made for ${email}.`)
  return data.session.access_token
}

/** Comes back for what takes longer than a call may. */
function asker(url: string, token: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (path: string, body?: object) => {
    let response = await fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) })
    while (response.status === 202) response = await fetch(url + response.headers.get('location'), { headers })
    const answer = await response.json()
    if (response.ok) return answer
    throw new Error(`${path} was answered with ${response.status}: ${JSON.stringify(answer)}`)
  }
}
