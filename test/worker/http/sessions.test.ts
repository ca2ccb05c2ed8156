import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { messageAnswer, pendingAnswer, transcript } from '../../../shared/scenario-api.ts'
import { waitFor } from '../arrange.ts'
import { ACME, eventsOf, openScenarioRoom } from './scenario-room.ts'

const room = await openScenarioRoom()
const { ask, get, refusal, sql } = room
const { ada, bob, eve } = room.people
afterAll(room.end)
beforeEach(async () => {
  await sql`delete from public.agent_sessions`
  await sql`delete from worker.api_buckets`
})

const create = (body: object = {}, more = {}) =>
  get('/api/sdk/session/create', { body: { scenario_id: 'retail', ...body }, ...more })
const message = (session_id: string, user_input: string, more: object = {}) => ({
  body: { session_id, user_input, ...more },
})
/** A scenario of Acme's with these agents. */
const saveDesk = async (names: string[], expected_version: number) => {
  const { definition } = (
    await sql`select definition from public.scenario_versions where scenario_id = 'clinic'`
  )[0] as {
    definition: { agents: object[] }
  }
  const agents = names.map(name => ({ ...definition.agents[0], name, handoffs: [] }))
  const { error } = await room.people.ada.client.rpc('save_scenario', {
    scenario_id: 'desk',
    definition: { ...definition, agents, rootAgent: 'first', pages: [] } as never,
    expected_version,
    enterprise_id: ACME,
  })
  expect(error).toBeNull()
}
const say = async (session_id: string, text: string, more = {}) =>
  messageAnswer.parse(await get('/api/sdk/session/message', { ...message(session_id, text), ...more }))

describe('a session', () => {
  it('is begun once, however often its id is given', async () => {
    const session_id = crypto.randomUUID()
    const first = await create({ session_id })
    expect(first).toEqual({
      session_id,
      agent_name: 'supervisor',
      model: 'gpt-test',
      scenario_id: 'retail',
      version: 1,
    })
    expect(await create({ session_id })).toEqual(first)
    const all = await Promise.all(Array.from({ length: 5 }, () => create({ session_id })))
    expect(new Set(all.map(each => JSON.stringify(each))).size).toBe(1)
    expect(await sql`select from public.scenario_sessions`).toHaveLength(1)
  })

  it('begins with the agent that is asked for, and with none that is not there', async () => {
    expect(await create({ agent_name: 'returns' })).toMatchObject({ agent_name: 'returns' })
    const body = { scenario_id: 'retail', agent_name: 'nobody' }
    expect(await refusal('/api/sdk/session/create', { body })).toMatchObject({ status: 404, code: 'agent_not_found' })
  })

  it('is found by an agent that one scenario alone has, and may be asked for again by its id alone', async () => {
    const created = await get('/api/sdk/session/create', { body: { agent_name: 'returns' } })
    expect(created).toMatchObject({ scenario_id: 'retail', agent_name: 'returns' })
    expect(await get('/api/sdk/session/create', { body: { session_id: created.session_id } })).toEqual(created)
    const nobody = { body: { agent_name: 'nobody' } }
    expect(await refusal('/api/sdk/session/create', nobody)).toMatchObject({ status: 404, code: 'agent_not_found' })
    expect(await refusal('/api/sdk/session/create', { body: {} })).toMatchObject({ code: 'invalid_request' })
    await saveDesk(['first', 'returns'], 0)
    const both = { status: 400, code: 'invalid_request', message: expect.stringContaining('desk, retail') }
    expect(await refusal('/api/sdk/session/create', { body: { agent_name: 'returns' } })).toMatchObject(both)
    await sql`delete from public.scenarios where id = 'desk'`
  })

  it('takes instructions where its scenario lets them be changed, and refuses them elsewhere', async () => {
    const own = { agent_name: 'planner', instructions: 'Be short.' }
    expect(await get('/api/sdk/session/create', { body: own })).toMatchObject({ scenario_id: 'project_writer' })
    const obey = { scenario_id: 'retail', instructions: 'Obey.' }
    const refused = { status: 400, code: 'override_refused' }
    expect(await refusal('/api/sdk/session/create', { body: obey })).toMatchObject(refused)
    const model = { scenario_id: 'retail', model: 'gpt-huge' }
    expect(await refusal('/api/sdk/session/create', { body: model })).toMatchObject(refused)
  })

  it('of somebody else is not there, nor is a scenario that nobody has', async () => {
    const { session_id } = await create()
    const not = { status: 404, code: 'session_not_found' }
    const body = { scenario_id: 'retail', session_id }
    expect(await refusal('/api/sdk/session/create', { body, as: eve })).toMatchObject(not)
    expect(await refusal('/api/sdk/session/message', { ...message(session_id, 'Hi'), as: eve })).toMatchObject(not)
    expect(await refusal(`/api/sdk/session/transcript?session_id=${session_id}`, { as: eve })).toMatchObject(not)
    const unknown = { body: { scenario_id: 'nothing' } }
    expect(await refusal('/api/sdk/session/create', unknown)).toMatchObject({ status: 404, code: 'scenario_not_found' })
  })

  it('of an enterprise is not for its admins to speak in', async () => {
    const { session_id } = await create({ enterprise_id: ACME }, { as: bob })
    expect(await refusal('/api/sdk/session/message', message(session_id, 'Hi'))).toMatchObject({ status: 404 })
    const { task_id } = await say(session_id, 'Hello!', { as: bob })
    expect((await ask(`/api/tasks/${task_id}`, { as: bob })).status).toBe(200)
    expect(await refusal(`/api/tasks/${task_id}`)).toMatchObject({ status: 404, code: 'task_not_found' })
    const reading = refusal(`/api/sdk/session/transcript?session_id=${session_id}`)
    expect(await reading).toMatchObject({ status: 404, code: 'session_not_found' })
    const foreign = { body: { scenario_id: 'retail', enterprise_id: ACME }, as: eve }
    expect(await refusal('/api/sdk/session/create', foreign)).toMatchObject({ status: 404 })
  })

  it('of an enterprise ends for who leaves it, and names no table', async () => {
    const { session_id } = await create({ enterprise_id: ACME }, { as: bob })
    await sql`delete from public.enterprise_members where user_id = ${bob.userId}`
    const asked = [
      refusal('/api/sdk/session/message', { ...message(session_id, 'Hi'), as: bob }),
      refusal('/api/tools/execute', { body: { session_id, tool: 'find_orders' }, as: bob }),
      refusal(`/api/session2?scenario_id=retail&session_id=${session_id}`, { as: bob }),
      refusal('/api/agent/run', { body: { scenario_id: 'retail', user_input: 'Hi', enterprise_id: ACME }, as: eve }),
    ]
    for (const refused of await Promise.all(asked)) {
      expect(refused.status).toBe(404)
      expect(refused.message).not.toMatch(/row-level|table|violates/)
    }
    await sql`insert into public.enterprise_members (enterprise_id, user_id, role) values (${ACME}, ${bob.userId}, 'member')`
  })

  it('goes on when its scenario has been edited and switched off since', async () => {
    const own = { scenario_id: 'desk', agent_name: 'second', session_id: crypto.randomUUID(), enterprise_id: ACME }
    await saveDesk(['first', 'second'], 0)
    const begun = await create(own)
    expect(begun).toMatchObject({ agent_name: 'second', version: 1 })
    await saveDesk(['first'], 1)
    expect(await create(own)).toEqual(begun)
    await sql`update public.scenarios set is_enabled = false where id = 'desk'`
    expect(await create({ scenario_id: 'desk', session_id: own.session_id })).toEqual(begun)
    const query = `scenario_id=desk&session_id=${own.session_id}`
    expect(await get(`/api/session2?${query}`)).toMatchObject({ root_agent: 'second', version: 1 })
    expect(await refusal(`/api/session2?${query}`, { as: bob })).toMatchObject({ status: 404 })
    expect(await refusal('/api/sdk/session/create', { body: { scenario_id: 'desk' } })).toMatchObject({ status: 404 })
  })

  it('stays with its scenario', async () => {
    const { session_id } = await create()
    const body = { scenario_id: 'clinic', session_id }
    expect(await refusal('/api/sdk/session/create', { body })).toMatchObject({ status: 409, code: 'session_exists' })
  })
})

describe('a message', () => {
  it('is answered by agents who hand over, on whichever instance, and joins the transcript', async () => {
    const { session_id } = await create({ enterprise_id: ACME })
    const first = await say(session_id, 'Hello!')
    expect(first).toMatchObject({ session_id, agent_name: 'supervisor', handoffs: [], waits_for_human: false })
    expect(first.final_output).toMatch(/Welcome/)
    const second = await say(session_id, 'What about my order?', { url: room.workerUrl })
    expect(second).toMatchObject({ agent_name: 'sales', handoffs: ['sales'], tool_calls: ['find_orders'] })
    expect(second.new_items_len).toBeGreaterThan(2)

    const path = `/api/sdk/session/transcript?session_id=${session_id}`
    const whole = transcript.parse(await get(path))
    expect(whole.items.map(({ role, agent }) => [role, agent])).toEqual([
      ['user', null],
      ['assistant', 'supervisor'],
      ['user', null],
      ['assistant', 'sales'],
    ])
    expect(whole).toMatchObject({ length: 4, next_cursor: null })
    const begin = transcript.parse(await get(`${path}&limit=3`))
    const rest = transcript.parse(await get(`${path}&limit=3&cursor=${begin.next_cursor}`))
    expect([...begin.items, ...rest.items]).toEqual(whole.items)
    expect([begin.items.length, rest.length, rest.next_cursor]).toEqual([3, 4, null])
  })

  it('is streamed to who wants that', async () => {
    const { session_id } = await create()
    const told = await eventsOf(
      await ask('/api/sdk/session/message', {
        ...message(session_id, 'Hello!'),
        headers: { accept: 'text/event-stream' },
      }),
    )
    const text = told.flatMap(({ event, data }) => (event === 'text' ? [data.text] : [])).join('')
    expect(told.at(-1)?.event).toBe('done')
    expect(messageAnswer.parse(told.at(-1)?.data).final_output).toBe(text)
  })

  it('that takes long is answered with where its end will be', async () => {
    const other = await room.open({ waitSeconds: 0.1 })
    const { session_id } = await create()
    const response = await ask('/api/sdk/session/message', { ...message(session_id, 'Hello! !slow'), url: other.url })
    expect(response.status).toBe(202)
    const { task_id } = pendingAnswer.parse(await response.json())
    const location = String(response.headers.get('location'))
    expect(location).toBe(`/api/tasks/${task_id}`)
    expect(await refusal(location, { as: eve })).toMatchObject({ status: 404, code: 'task_not_found' })
    await waitFor('the end', async () => (await ask(location)).status === 200, 20_000)
    expect(messageAnswer.parse(await get(location))).toMatchObject({ session_id, task_id })
    await other.stop()
  }, 30_000)

  it('has the correlation id of its call, which later answers about it tell', async () => {
    const other = await room.open({ waitSeconds: 0.1 })
    const { session_id } = await create()
    const first = { 'x-correlation-id': 'order-7' }
    const asked = { ...message(session_id, 'Hello! !slow'), url: other.url, headers: first }
    const { task_id, correlation_id } = pendingAnswer.parse(await get('/api/sdk/session/message', asked, 202))
    expect(correlation_id).toBe('order-7')
    expect(await sql`select id from public.agent_task_requests where correlation_id = 'order-7'`).toEqual([
      { id: task_id },
    ])
    const later = { url: other.url, headers: { 'x-correlation-id': 'look-1' } }
    const look = await ask(`/api/tasks/${task_id}`, later)
    expect(look.headers.get('x-correlation-id')).toBe('look-1')
    expect(await look.json()).toMatchObject({ task_id, correlation_id: 'order-7' })
    expect((await ada.client.rpc('cancel_agent_task', { task_id })).error).toBeNull()
    await waitFor('the end', async () => (await ask(`/api/tasks/${task_id}`)).status === 409, 20_000)
    const ended = await ask(`/api/tasks/${task_id}`, later)
    expect((await ended.json()).error).toMatchObject({ code: 'cancelled', correlation_id: 'order-7' })
    await other.stop()
  }, 30_000)

  it('may change for its turn what the scenario lets it change, and nothing else', async () => {
    const { session_id } = await create()
    const body = { session_id, user_input: 'Hi', agent: { instructions: 'Obey.' } }
    expect(await refusal('/api/sdk/session/message', { body })).toMatchObject({ status: 400, code: 'override_refused' })
    const chosen = await say(session_id, 'What do I have?', {
      body: { session_id, user_input: 'Hi', agent: { name: 'returns' } },
    })
    expect(chosen.agent_name).toBe('returns')
  })

  it('is kept for the person who has been asked for', async () => {
    const { session_id } = await create()
    expect(await say(session_id, 'I want to speak to a human')).toMatchObject({ waits_for_human: true })
    expect(await say(session_id, 'Are you there?')).toMatchObject({
      final_output: '',
      tool_calls: [],
      waits_for_human: true,
      new_items_len: 1,
    })
    const { items } = transcript.parse(await get(`/api/sdk/session/transcript?session_id=${session_id}`))
    expect(items.at(-1)).toMatchObject({ role: 'user', text: 'Are you there?' })
  })
})

describe('too many calls', () => {
  it('of any endpoint are refused by another instance than the one that took them', async () => {
    const other = await room.open()
    const { paths } = await get('/api/openapi.json', { as: null })
    const calls = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => ({ path: path.replaceAll(/\{\w+\}/g, 'x'), method: method.toUpperCase() })),
    )
    expect(calls.length).toBeGreaterThan(18)
    for (const { path, method } of calls.filter(each => each.path !== '/api/health')) {
      const call = { method, ...(method === 'POST' && { body: {} }) }
      const taken = await ask(path, call)
      expect(taken.status, path).toBeLessThan(500)
      await sql`update worker.api_buckets set turns_left = 0, filled_at = now()`
      const response = await ask(path, { ...call, url: other.url })
      expect([path, response.status]).toEqual([path, 429])
      expect((await response.json()).error.code).toBe('too_many_calls')
      expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      await sql`delete from worker.api_buckets`
    }
    await other.stop()
  }, 60_000)

  it('are refused, whichever instances they come to', async () => {
    const other = await room.open()
    const urls = [room.doors.url, other.url]
    const body = { scenario_id: 'nothing' }
    const statuses = await Promise.all(
      Array.from({ length: 64 }, async (_, n) => {
        const response = await ask('/api/sdk/session/create', { body, url: String(urls[n % 2]) })
        return [response.status, response.headers.get('retry-after')]
      }),
    )
    const refused = statuses.filter(([status]) => status === 429)
    // A bucket of 60 fills by one each second.
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThanOrEqual(4)
    expect(refused[0]?.[1]).toMatch(/^[1-9]\d*$/)
    expect((await ask('/api/sdk/session/create', { body, as: eve })).status).toBe(404)
    await other.stop()
  }, 30_000)
})
