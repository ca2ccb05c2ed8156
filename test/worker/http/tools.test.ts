import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { pendingAnswer, toolAnswer } from '../../../shared/scenario-api.ts'
import { ACME, openScenarioRoom } from './scenario-room.ts'

const room = await openScenarioRoom()
const { ask, get, refusal, sql } = room
const { ada, bob, eve } = room.people
afterAll(room.end)
beforeEach(async () => {
  await sql`delete from public.agent_sessions`
  await sql`delete from public.agent_task_requests`
  await sql`delete from public.drafts`
  await sql`delete from worker.api_buckets`
})

const begin = async (scenario_id: string, more = {}): Promise<string> =>
  (await get('/api/sdk/session/create', { body: { scenario_id, ...more } })).session_id
const execute = async (body: object, more = {}) => toolAnswer.parse(await get('/api/tools/execute', { body, ...more }))
const draft = { title: 'Plan', kind: 'note', content: 'Begin.', draft: null }

describe('a tool', () => {
  it('acts as the user in the session, once for each call', async () => {
    const session_id = await begin('project_writer')
    const call = { tool: 'store_draft_content', arguments: draft, session_id, call_id: 'call_1' }
    const first = await execute(call)
    expect(first).toMatchObject({ tool: 'store_draft_content', ok: true, result: { title: 'Plan', status: 'draft' } })
    expect((await execute(call)).result).toEqual(first.result)
    await execute({ ...call, call_id: 'call_2' })
    expect(await sql`select user_id, session_id from public.drafts`).toEqual([
      { user_id: ada.userId, session_id },
      { user_id: ada.userId, session_id },
    ])
    expect(
      await sql`select tool_name from public.agent_tool_calls where tool_name = 'store_draft_content'`,
    ).toHaveLength(2)
  })

  it('called once more is found by the correlation id of the first call', async () => {
    const session_id = await begin('project_writer')
    const body = { tool: 'list_drafts', session_id, call_id: 'call_1' }
    for (const id of ['first', 'second']) await get('/api/tools/execute', { body, headers: { 'x-correlation-id': id } })
    expect(await sql`select correlation_id from public.agent_task_requests`).toEqual([{ correlation_id: 'first' }])
  })

  it('sees what its user sees, whatever the arguments say', async () => {
    await sql`insert into public.drafts (user_id, title, content) values (${ada.userId}, 'Secret', 'x')`
    const call = { tool: 'list_drafts', scenario_id: 'project_writer', arguments: { user_id: ada.userId } }
    expect(await execute(call, { as: eve })).toMatchObject({ ok: true, result: [] })
    expect((await execute(call)).result).toMatchObject([{ title: 'Secret' }])
  })

  it('that refuses says why', async () => {
    const wrong = await execute({
      tool: 'store_draft_content',
      arguments: { title: 'x' },
      scenario_id: 'project_writer',
    })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'tool_refused' } })
    expect(wrong.error?.message).toMatch(/content/)
    const flagged = { ...draft, content: 'This is !flag hate' }
    expect(
      await execute({ tool: 'store_draft_content', arguments: flagged, scenario_id: 'project_writer' }),
    ).toMatchObject({
      ok: false,
      error: { code: 'not_allowed', message: expect.stringMatching(/hate/) },
    })
  })

  it('waits for the consent that it needs, and does nothing without', async () => {
    await sql`insert into public.shop_orders (enterprise_id, number, customer, item, amount, currency, status)
      values (${ACME}, '1001', 'Mia', 'Chair', 120, 'EUR', 'delivered')`
    const given = { order: '1001', amount: 120, reason: 'Broken.' }
    const body = { tool: 'refund_order', arguments: given, scenario_id: 'retail', enterprise_id: ACME }
    const response = await ask('/api/tools/execute', { body, as: bob })
    expect(response.status).toBe(202)
    const { approvals } = pendingAnswer.parse(await response.json())
    expect(approvals).toMatchObject([{ tool_name: 'refund_order', input: given }])
    expect(
      (await ada.client.rpc('decide_agent_approval', { approval_id: String(approvals[0]?.id), decision: 'reject' }))
        .error,
    ).toBeNull()
    const location = String(response.headers.get('location'))
    await expect.poll(async () => (await ask(location, { as: bob })).status).toBe(200)
    expect(toolAnswer.parse(await get(location, { as: bob }))).toMatchObject({
      ok: false,
      error: { code: 'not_allowed', message: expect.stringMatching(/rejected/) },
    })
    expect(await sql`select status from public.shop_orders`).toMatchObject([{ status: 'delivered' }])
  })

  it('that no agent of the scenario has is not there', async () => {
    for (const tool of ['refund_order', 'load_scenario', 'constructor']) {
      const body = { tool, arguments: {}, scenario_id: 'clinic' }
      expect(await refusal('/api/tools/execute', { body })).toMatchObject({ status: 404, code: 'tool_not_found' })
    }
    const session_id = await begin('clinic')
    const foreign = { body: { tool: 'find_slots', session_id }, as: eve }
    expect(await refusal('/api/tools/execute', foreign)).toMatchObject({ status: 404, code: 'session_not_found' })
    const both = { body: { tool: 'find_slots', session_id, scenario_id: 'clinic' } }
    expect(await refusal('/api/tools/execute', both)).toMatchObject({ status: 400, code: 'invalid_request' })
  })

  it('is not to be had by submitting the row either, where the scenario lacks it', async () => {
    const { data } = await ada.client
      .from('agent_task_requests')
      .insert({ kind: 'scenario-tool', request_payload: { tool: 'refund_order', arguments: {}, scenarioId: 'clinic' } })
      .select('id')
      .single()
    await expect
      .poll(async () => (await refusal(`/api/tasks/${data?.id}`)).code, { timeout: 5_000 })
      .toBe('tool_not_found')
  })

  it('that is called too often by a row that somebody submits is refused, too', async () => {
    await sql`update public.scenario_tools set calls_per_minute = 1 where name = 'list_drafts'`
    await execute({ tool: 'list_drafts', scenario_id: 'project_writer' })
    const { data } = await ada.client
      .from('agent_task_requests')
      .insert({
        kind: 'scenario-tool',
        request_payload: { tool: 'list_drafts', arguments: {}, scenarioId: 'project_writer' },
      })
      .select('id')
      .single()
    await expect.poll(async () => (await ask(`/api/tasks/${data?.id}`)).status, { timeout: 5_000 }).toBe(200)
    expect(toolAnswer.parse(await get(`/api/tasks/${data?.id}`))).toMatchObject({
      ok: false,
      error: { code: 'too_many_calls', message: expect.stringMatching(/again in \d+ s/) },
    })
  })

  it('has a limit of its own, which agents’ calls count against', async () => {
    await sql`update public.scenario_tools set calls_per_minute = 1 where name = 'list_drafts'`
    const body = { tool: 'list_drafts', scenario_id: 'project_writer' }
    await execute(body)
    const response = await ask('/api/tools/execute', { body })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
    await sql`delete from worker.api_buckets`
    const session_id = await begin('project_writer')
    await get('/api/sdk/session/message', { body: { session_id, user_input: 'Shorten my text' } })
    expect(await refusal('/api/tools/execute', { body })).toMatchObject({ status: 429, code: 'too_many_calls' })
    await execute(body, { as: eve })
    await execute({ ...body, tool: 'fetch_project_context', arguments: { project: null } })
  })
})
