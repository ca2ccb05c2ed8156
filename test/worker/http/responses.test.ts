import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { responsesAnswer } from '../../../shared/scenario-api.ts'
import { createResponses } from '../../../worker/agents/responses.ts'
import { openDb } from '../../../worker/db.ts'
import { eventsOf, openScenarioRoom } from './scenario-room.ts'

const room = await openScenarioRoom()
const { ask, get, refusal, sql } = room
const { ada } = room.people
afterAll(room.end)
afterEach(async () => {
  await sql`delete from worker.budgets`
  await sql`delete from worker.rate_limits`
  await sql`delete from public.agent_usage`
})

const path = '/api/responses'
const used = () => sql`select user_id, enterprise_id, model, requests, output_tokens > 0 as "hasOutput"
  from public.agent_usage where kind = 'responses'`

describe('a call of a model', () => {
  it('is answered, stored nowhere, and counted as its user’s', async () => {
    const answer = responsesAnswer.parse(await get(path, { body: { input: 'Hello', instructions: 'Be kind.' } }))
    expect(answer).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-test' })
    expect(JSON.stringify(answer.output)).toMatch(/output_text/)
    expect(await used()).toEqual([
      { user_id: ada.userId, enterprise_id: null, model: 'gpt-test', requests: '1', hasOutput: true },
    ])
  })

  it('is streamed as the provider does', async () => {
    const response = await ask(path, { body: { input: 'Hello', stream: true } })
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const told = await eventsOf(response)
    const names = told.map(({ event }) => event)
    expect([names[0], names.at(-1)]).toEqual(['response.created', 'response.completed'])
    expect(names).toContain('response.output_text.delta')
    expect(await used()).toHaveLength(1)
  })

  it('may use what is offered, and nothing else', async () => {
    await get(path, {
      body: { input: [{ role: 'user', content: 'Hello' }], model: 'gpt-other', max_output_tokens: 16 },
    })
    for (const more of [
      { model: 'gpt-dear' },
      { tools: [{ type: 'web_search' }] },
      { store: true },
      { previous_response_id: 'resp_1' },
      { max_output_tokens: 100_000 },
      { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'http://127.0.0.1' }] }] },
    ]) {
      const refused = await refusal(path, { body: { input: 'Hello', ...more } })
      expect(refused, JSON.stringify(more)).toMatchObject({ status: 400, code: 'invalid_request' })
    }
  })

  it('is looked through before', async () => {
    const calls = room.brain.calls()
    const refused = await refusal(path, { body: { input: 'Hi', instructions: '!flag hate' } })
    expect(refused).toMatchObject({ status: 422, code: 'content_refused' })
    const schema = { type: 'object', properties: { a: { type: 'string', description: '!flag hate' } } }
    const text = { format: { type: 'json_schema', name: 'answer', schema } }
    expect(await refusal(path, { body: { input: 'Hi', text } })).toMatchObject({ status: 422, code: 'content_refused' })
    expect(room.brain.calls()).toBe(calls)
  })

  it('is looked through after, and its end is withheld', async () => {
    const other = await room.open({ respond: () => answering('!flag hate') })
    const refused = await refusal(path, { body: { input: 'Hi' }, url: other.url })
    expect(refused).toMatchObject({ status: 422, code: 'content_refused', message: expect.stringContaining('hate') })
    const told = await eventsOf(await ask(path, { body: { input: 'Hi', stream: true }, url: other.url }))
    expect(told.map(({ event }) => event)).toEqual(['response.created', 'error'])
    expect(told[1]).toMatchObject({ data: { error: { code: 'content_refused' } } })
    await other.stop()
  })

  it('that breaks in the middle says no more than that, and the log says the rest', async () => {
    const other = await room.open({ respond: () => answering('Hello', new Error('The secret of the house')) })
    const headers = { 'x-correlation-id': 'call-1' }
    const told = await eventsOf(await ask(path, { body: { input: 'Hi', stream: true }, url: other.url, headers }))
    expect(told.at(-1)).toMatchObject({
      event: 'error',
      data: { error: { code: 'internal', correlation_id: 'call-1' } },
    })
    expect(JSON.stringify(told)).not.toContain('secret')
    expect(other.told.of('requestCrashed')).toMatchObject([[{ message: 'The secret of the house' }, 'call-1']])
    expect(other.told.of('requestRefused')).toEqual([[{ route: path, code: 'internal', id: 'call-1' }]])
    await other.stop()
  })

  it('ends with the budget of the user’s day, and waits for the model’s rate', async () => {
    await sql`insert into worker.budgets (tenant_id, per, max_tokens) values (null, 'day', 5)`
    await get(path, { body: { input: 'Hello' } })
    expect(await refusal(path, { body: { input: 'Hello' } })).toMatchObject({ status: 429, code: 'budget_exhausted' })
    await sql`delete from worker.budgets`
    await sql`insert into worker.rate_limits (model, requests_per_minute, requests_left, filled_at)
      values ('gpt-test', 1, 0, now())`
    const response = await ask(path, { body: { input: 'Hello' } })
    expect([response.status, (await response.json()).error.code]).toEqual([429, 'rate_limited'])
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(10)
  })

  it('takes nothing along but what is allowed, and of a provider that fails says so without its key', async () => {
    const provider = await startRefusing()
    const db = openDb({ databaseUrl: room.databaseUrl, supabase: { url: room.url, key: '' } })
    const model = { ...room.model, apiKey: 'sk-wrong', baseUrl: provider.url }
    const other = await room.open({ respond: createResponses(model, db) })
    for (const stream of [true, false]) {
      const headers = { 'openai-organization': 'org-1', cookie: 'a=b' }
      const refused = await refusal(path, { body: { input: 'Hello', stream }, url: other.url, headers })
      expect(refused).toMatchObject({ status: 502, code: 'provider_auth' })
      expect(refused.message).not.toContain('sk-wrong')
    }
    for (const { body, headers } of provider.asked) {
      expect(body).toEqual({ model: 'gpt-test', input: 'Hello', max_output_tokens: 1024, store: false, stream: true })
      expect(headers.authorization).toBe('Bearer sk-wrong')
      expect([headers['openai-organization'], headers.cookie]).toEqual([undefined, undefined])
    }
    expect(provider.asked).toHaveLength(2)
    await other.stop()
    await db.close()
    provider.stop()
  })
})

/** What a provider answers, or how it begins to. */
async function* answering(text: string, fault?: Error) {
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-test', usage: null }
  yield { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }
  if (fault) throw fault
  const output = [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text }] }]
  yield { type: 'response.completed', response: { ...response, status: 'completed', output } }
}

/** A provider that takes no key. */
async function startRefusing() {
  const asked: { body: unknown; headers: IncomingHttpHeaders }[] = []
  const server = createServer(async (request, response) => {
    asked.push({ body: await json(request), headers: request.headers })
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"sk-wrong is wrong"}}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked, stop }
}
