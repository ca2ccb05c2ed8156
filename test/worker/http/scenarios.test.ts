import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  agentRunAnswer,
  moderateAnswer,
  orchestrateAnswer,
  scenarioDetail,
  scenarioList,
  sessionInitAnswer,
  snapshotAnswer,
} from '../../../shared/scenario-api.ts'
import { ACME, eventsOf, openScenarioRoom, REALTIME } from './scenario-room.ts'

const room = await openScenarioRoom()
const { ask, get, refusal, sql } = room
const { ada, bob, eve } = room.people
afterAll(room.end)

beforeEach(async () => {
  await sql`delete from public.agent_sessions`
  await sql`delete from worker.api_buckets`
})

/** Acme's own: the shop under another name, with a model for its first agent and rules of its own. */
const own = async () => {
  const [found] = await sql`select definition from public.scenario_versions where scenario_id = 'retail'`
  const definition = found?.definition
  definition.title = 'Ours'
  definition.moderation = { input: true, output: false, tolerates: ['violence'] }
  definition.privacy = { remove: ['email'] }
  const { error } = await ada.client.rpc('save_scenario', {
    scenario_id: 'ours',
    definition,
    expected_version: 0,
    enterprise_id: ACME,
  })
  expect(error).toBeNull()
}
await own()

const [order] = await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount)
    values (${ACME}, '1001', 'mia@example.com', 'Chair, call +49 30 1234567', 120) returning id`

describe('the list of scenarios', () => {
  it('has everybody’s and those of one’s enterprises', async () => {
    const ids = async (as = ada) =>
      scenarioList.parse(await get('/api/scenarios', { as })).scenarios.map(({ id, root_agent }) => [id, root_agent])
    expect(await ids(bob)).toEqual([
      ['clinic', 'reception'],
      ['ours', 'supervisor'],
      ['project_writer', 'planner'],
      ['retail', 'supervisor'],
    ])
    expect((await ids(eve)).map(([id]) => id)).toEqual(['clinic', 'project_writer', 'retail'])
  })

  it('leads to each of them, as it is now', async () => {
    const retail = scenarioDetail.parse(await get('/api/scenarios/retail'))
    expect(retail).toMatchObject({ id: 'retail', version: 1, root_agent: 'supervisor', enterprise_id: null })
    expect(retail.agents.map(({ name }) => name)).toEqual(['supervisor', 'sales', 'returns', 'simulated_human'])
    expect(await refusal('/api/scenarios/ours', { as: eve })).toMatchObject({ status: 404, code: 'scenario_not_found' })
    expect(await refusal('/api/scenarios/Ours!')).toMatchObject({ status: 400, code: 'invalid_request' })
  })
})

describe('a conversation by voice', () => {
  it('is begun with a key for it alone and the agents, the root first', async () => {
    const begun = sessionInitAnswer.parse(await get('/api/session2?scenario_id=retail&root_agent=returns'))
    expect(begun.client_secret.value).toMatch(/^ek_/)
    expect(begun.client_secret.expires_at * 1000).toBeGreaterThan(Date.now())
    expect(begun.url).toBe(REALTIME.url)
    expect(begun).toMatchObject({ root_agent: 'returns', version: 1, guardrails: { input: true, output: true } })
    const [root, ...others] = begun.initial_agents
    expect([root?.name, others.length]).toEqual(['returns', 3])
    expect(root?.tools.map(({ name }) => name)).toContain('refund_order')
    expect(root?.tools[0]?.parameters).toMatchObject({ type: 'object' })
    expect(await sql`select active_agent from public.scenario_sessions where session_id = ${begun.session_id}`).toEqual(
      [{ active_agent: 'returns' }],
    )
  })

  it('goes on with its session and version', async () => {
    const { session_id } = await get('/api/session2?scenario_id=ours', { as: bob })
    const [found] =
      await sql`select definition from public.scenario_versions where scenario_id = 'ours' and version = 1`
    const definition = { ...found?.definition, title: 'Newer' }
    await ada.client.rpc('save_scenario', { scenario_id: 'ours', definition, expected_version: 1 })
    const path = `/api/session2?scenario_id=ours&session_id=${session_id}`
    expect(await get(path, { as: bob })).toMatchObject({ session_id, version: 1 })
    expect(await refusal(path, { as: ada })).toMatchObject({ status: 404, code: 'session_not_found' })
    expect(await get('/api/session2?scenario_id=ours', { as: bob })).toMatchObject({ version: 2 })
  })

  it('has no key for who may not have the session', async () => {
    expect(await refusal('/api/session2?scenario_id=ours', { as: eve })).toMatchObject({ status: 404 })
    expect(await refusal('/api/session2?scenario_id=retail&root_agent=nobody')).toMatchObject({
      status: 404,
      code: 'agent_not_found',
    })
    expect(await refusal('/api/session2?root_agent=returns')).toMatchObject({ status: 400 })
    expect(await refusal('/api/session', { as: null })).toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  it('can be had without a scenario, too', async () => {
    expect(await get('/api/session')).toMatchObject({
      model: 'gpt-realtime',
      client_secret: { value: expect.stringMatching(/^ek_/) },
    })
  })

  it('is given to nobody whose day is spent, nor beyond the model’s limit', async () => {
    await sql`insert into worker.budgets (tenant_id, per, max_tokens) values (null, 'day', 0)`
    for (const path of ['/api/session', '/api/session2?scenario_id=retail']) {
      expect(await refusal(path)).toMatchObject({ status: 429, code: 'budget_exhausted' })
    }
    await sql`delete from worker.budgets`
    await sql`insert into worker.rate_limits (model, requests_per_minute, requests_left, filled_at)
      values ('gpt-realtime', 1, 0, now())`
    expect(await refusal('/api/session')).toMatchObject({ status: 429, code: 'rate_limited' })
    await sql`delete from worker.rate_limits`
  })

  it('says so when the provider gives no key', async () => {
    const { createKeyMint } = await import('../../../worker/agents/realtime-key.ts')
    const other = await room.open({
      mintRealtimeKey: createKeyMint({ ...room.model, apiKey: 'sk-wrong' }, REALTIME, room.db),
    })
    const refused = await refusal('/api/session', { url: other.url })
    expect(refused).toMatchObject({ status: 502, code: 'provider_auth' })
    expect(refused.message).not.toContain('sk-wrong')
    await other.stop()
  })
})

describe('a turn without a session', () => {
  const run = (user_input: string, more: object = {}) => ({ body: { scenario_id: 'retail', user_input, ...more } })

  it('is answered with text, tools and who spoke', async () => {
    const answer = agentRunAnswer.parse(
      await get('/api/agent/run', run('What about my order?', { enterprise_id: ACME })),
    )
    expect(answer).toMatchObject({
      agent_name: 'sales',
      handoffs: ['sales'],
      tool_calls: [{ tool_name: 'find_orders' }],
    })
    expect(answer.output).toMatchObject([{ type: 'output_text', text: expect.stringContaining('#1001') }])
    expect(await get(`/api/tasks/${answer.id}`)).toEqual(answer)
  })

  it('is streamed to who wants that', async () => {
    const headers = { accept: 'text/event-stream' }
    const told = await eventsOf(await ask('/api/agent/run', { ...run('Hello'), headers }))
    expect(agentRunAnswer.parse(told.at(-1)?.data).output[0]?.text).toMatch(/Welcome/)
  })

  it('of another tenant’s scenario is not there, nor is a turn for another tenant', async () => {
    const not = { status: 404 }
    expect(await refusal('/api/agent/run', { body: { scenario_id: 'ours', user_input: 'Hi' }, as: eve })).toMatchObject(
      not,
    )
    expect(await refusal('/api/agent/run', { ...run('Hi', { enterprise_id: ACME }), as: eve })).toMatchObject(not)
  })
})

describe('orchestration', () => {
  it('says who should answer, and makes that one the active of a session', async () => {
    const messages = [{ role: 'user', text: 'I want a refund, it arrived broken' }]
    const body = { scenarioId: 'retail', messages }
    const alone = orchestrateAnswer.parse(await get('/api/orchestrate', { body }))
    expect(alone).toMatchObject({ scenarioId: 'retail', rootAgent: 'returns', previousAgent: null, switched: false })
    const { session_id: sessionId } = await get('/api/sdk/session/create', { body: { scenario_id: 'retail' } })
    const inSession = orchestrateAnswer.parse(await get('/api/orchestrate', { body: { sessionId, messages } }))
    expect(inSession).toMatchObject({ rootAgent: 'returns', previousAgent: 'supervisor', switched: true })
    expect(await sql`select to_agent, source from public.scenario_decisions where session_id = ${sessionId}`).toEqual([
      { to_agent: 'returns', source: 'orchestrator' },
    ])
    const foreign = { body: { sessionId, messages }, as: eve }
    expect(await refusal('/api/orchestrate', foreign)).toMatchObject({ status: 404, code: 'session_not_found' })
  })

  it('finds the scenario by the page', async () => {
    const body = { page: { path: '/shop/returns' }, messages: [] }
    expect(await get('/api/orchestrate', { body })).toMatchObject({ scenarioId: 'retail' })
    const nowhere = { body: { page: { path: '/nowhere' }, messages: [] } }
    expect(await refusal('/api/orchestrate', nowhere)).toMatchObject({ status: 404, code: 'no_scenario' })
  })
})

describe('moderation', () => {
  const judge = async (body: object, as = bob) => moderateAnswer.parse(await get('/api/moderate', { body, as }))

  it('follows the policy of the scenario, and is strict without one', async () => {
    expect(await judge({ text: 'Hello' })).toEqual({ flagged: false, categories: [], action: 'allow', checked: true })
    const hate = { flagged: true, categories: ['hate'], action: 'block', checked: true }
    expect(await judge({ text: '!flag hate' })).toEqual(hate)
    expect(await judge({ text: '!flag hate', scenario_id: 'ours' })).toEqual(hate)
    expect(await judge({ text: '!flag violence' })).toMatchObject({ action: 'block' })
    expect(await judge({ text: '!flag violence', scenario_id: 'ours' })).toMatchObject({
      flagged: true,
      action: 'allow',
    })
    expect(await judge({ text: '!flag hate', scenario_id: 'ours', direction: 'output' })).toMatchObject({
      action: 'allow',
      checked: false,
    })
    await judge({ text: '!flag hate violence', scenario_id: 'ours' })
    expect(room.doors.told.of('contentRefused')).toEqual([
      ['input', ['hate']],
      ['input', ['hate']],
      ['input', ['violence']],
      ['input', ['hate']],
    ])
  })
})

describe('a context snapshot', () => {
  const snapshot = async (body: object, as = bob) =>
    snapshotAnswer.parse(await get('/api/context/snapshot', { body, as }))
  const page = { path: '/orders/1001', enterpriseId: ACME, records: [{ type: 'order', id: order?.id as string }] }

  it('has what is on the page, without ids and without what the policy removes', async () => {
    const { context, references, removed, is_cut } = await snapshot({ page, scenario_id: 'ours' })
    expect(context).toMatch(/^order-1: .*Chair, call \+49 30 1234567/m)
    expect(context).not.toContain('mia@example.com')
    expect(context).not.toContain(order?.id)
    expect(context).not.toContain(ACME)
    expect(references).toEqual({ 'order-1': order?.id })
    expect([removed, is_cut]).toEqual([['email'], false])
    expect((await snapshot({ page })).context).not.toContain('1234567')
  })

  it('has a name for each thing that leads back to it', async () => {
    const made = await sql`insert into public.drafts (user_id, title, content)
      values (${bob.userId}, 'First', 'x'), (${bob.userId}, 'Second', 'x') returning id, title`
    const records = made.map(({ id }) => ({ type: 'draft', id }))
    const { context, references } = await snapshot({ page: { records } })
    const lines = context.split('\n').filter(line => /^(latest-)?draft-/.test(line))
    expect(lines).toHaveLength(4)
    for (const [ref, ...rest] of lines.map(line => line.split(': ')))
      expect(rest.join(': ')).toContain(made.find(({ id }) => id === references[ref as string])?.title)
    await sql`delete from public.drafts`
  })

  it('has nothing that its user may not see', async () => {
    const { context, references } = await snapshot({ page }, eve)
    expect(context).not.toMatch(/Chair|order-1/)
    expect(references).toEqual({})
  })

  it('is no longer than a model should have to read', async () => {
    await sql`insert into public.drafts (user_id, title, content)
      select ${eve.userId}, repeat('long ', 39), repeat('x', 9000) from generate_series(1, 20)`
    const [draft] = await sql`select id from public.drafts limit 1`
    const records = Array.from({ length: 20 }, () => ({ type: 'draft', id: draft?.id }))
    const { context, is_cut } = await snapshot({ page: { records } }, eve)
    expect([context.length <= 8000, is_cut]).toEqual([true, true])
  })
})

describe('every endpoint', () => {
  it('needs a user, but for the question whether it lives', async () => {
    expect(await get('/api/health', { as: null })).toMatchObject({ status: 'ok' })
    for (const path of [
      '/api/scenarios',
      '/api/session',
      '/api/session2',
      '/api/tasks/1',
      '/api/sdk/session/transcript',
    ])
      expect(await refusal(path, { as: null })).toMatchObject({ status: 401 })
    for (const path of [
      'agent/run',
      'orchestrate',
      'moderate',
      'context/snapshot',
      'tools/execute',
      'sdk/session/message',
    ])
      expect(await refusal(`/api/${path}`, { as: null, body: {} })).toMatchObject({ status: 401 })
  })

  it('has each refusal counted, whatever its status', async () => {
    const other = await room.open({ takeTurn: async userId => (userId === eve.userId ? 7 : 0) })
    const url = other.url
    const statuses = [
      await refusal('/api/scenarios', { url, as: null }),
      await refusal('/api/scenarios', { url, headers: { authorization: 'Bearer no.such.token' } }),
      await refusal('/api/scenarios/none', { url }),
      await refusal('/api/nothing', { url }),
      await refusal('/api/scenarios', { url, as: eve }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([401, 401, 404, 404, 429])
    const told = other.told.of('requestRefused').map(([each]) => each as { route: string; code: string })
    expect(told.map(({ route, code }) => [route, code])).toEqual([
      ['/api/scenarios', 'unauthenticated'],
      ['/api/scenarios', 'unauthenticated'],
      ['/api/scenarios/:id', 'scenario_not_found'],
      ['other', 'not_found'],
      ['/api/scenarios', 'too_many_calls'],
    ])
    await other.stop()
  })

  it('tells the correlation id of the caller in refusals, too', async () => {
    const response = await ask('/api/scenarios/none', { headers: { 'x-correlation-id': 'case-7' } })
    expect(response.headers.get('x-correlation-id')).toBe('case-7')
    expect((await response.json()).error.correlation_id).toBe('case-7')
    const refused = { route: '/api/scenarios/:id', code: 'scenario_not_found', id: 'case-7' }
    expect(room.doors.told.of('requestRefused').at(-1)).toEqual([refused])
  })
})
