import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contextSnapshot } from '../../shared/scenarios.ts'
import { type SignedUp, type Stack, startStack } from '../support/stack.ts'

// The verbs of scenarios as a browser calls them, through REST and Realtime.

let stack: Stack
let ada: SignedUp
let eve: SignedUp

beforeAll(async () => {
  stack = await startStack()
  ada = await stack.signUp('ada@acme.test')
  eve = await stack.signUp('eve@globex.test')
  await stack.sql`insert into public.platform_admins (user_id) values (${ada.userId})`
})
afterAll(() => stack.stop())

async function begin({ client }: SignedUp, id: string = crypto.randomUUID()) {
  const { data, error } = await client.rpc('begin_scenario_session', {
    ...{ session_id: id, scenario_id: 'retail', page: { path: '/orders' } },
  })
  expect(error).toBeNull()
  return data as unknown as { session_id: string; active_agent: string; page: unknown }
}

const speak = ({ client }: SignedUp, session: string, agent: string) =>
  client.rpc('append_voice_items', {
    session_id: session,
    items: [{ role: 'assistant', text: 'Hi.', agent, item_id: crypto.randomUUID() }],
  })

const handOver = ({ client }: SignedUp, session_id: string, to_agent: string) =>
  client.rpc('hand_over_by_voice', {
    ...{ session_id, decision_id: crypto.randomUUID(), from_agent: 'supervisor', to_agent },
  })

describe('over REST', () => {
  test('a session is begun, spoken in and read', async () => {
    const session = await begin(ada)
    expect(session).toMatchObject({ scenario_id: 'retail', active_agent: 'supervisor', page: { path: '/orders' } })
    expect(await begin(ada, session.session_id)).toEqual(session)
    expect((await speak(ada, session.session_id, 'sales')).data).toBe(1)
    const { data } = await ada.client.from('session_transcript').select('role, text, source, agent')
    expect(data).toEqual([{ role: 'assistant', text: 'Hi.', source: 'voice', agent: 'sales' }])
  })

  test('a refusal has its code and status', async () => {
    const { session_id } = await begin(ada)
    const theirs = await eve.client.rpc('begin_scenario_session', { session_id, scenario_id: 'retail' })
    expect([theirs.status, theirs.error?.code]).toEqual([403, '42501'])
    const unknown = await eve.client.rpc('begin_scenario_session', {
      session_id: crypto.randomUUID(),
      scenario_id: 'x',
    })
    expect([unknown.status, unknown.error?.code]).toEqual([400, '22023'])
  })

  test('a scenario is read, saved as a new version, and refused when it was saved meanwhile', async () => {
    const { data } = await ada.client
      .from('scenario_versions')
      .select('definition')
      .match({ scenario_id: 'clinic', version: 1 })
      .single()
    const definition = { ...(data?.definition as object), title: 'Front desk' }
    const save = () => ada.client.rpc('save_scenario', { scenario_id: 'clinic', definition, expected_version: 1 })
    expect((await save()).data).toMatchObject({ id: 'clinic', version: 2, title: 'Front desk' })
    definition.title = 'Other'
    expect((await save()).status).toBe(409)
  })

  test('a context is given as the types say', async () => {
    const { data } = await ada.client.rpc('context_snapshot', { page: { path: '/x', records: [] } })
    expect(contextSnapshot.parse(data)).toMatchObject({ records: [], access: { isPlatformAdmin: true } })
  })
})

describe('over Realtime', () => {
  test('a decision is heard by who sees the session, and by nobody else', async () => {
    const [mine, theirs] = [(await begin(ada)).session_id, (await begin(eve)).session_id]
    const heard: string[] = []
    const seen = Promise.withResolvers<void>()
    await new Promise<void>(resolve =>
      eve.client
        .channel('decisions')
        .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'scenario_decisions' }, ({ new: row }) => {
          heard.push(`${row.session_id} ${row.to_agent}`)
          seen.resolve()
        })
        .on('system', {}, ({ status }) => status === 'ok' && resolve())
        .subscribe(),
    )
    await handOver(ada, mine, 'sales')
    await handOver(eve, theirs, 'returns')
    await seen.promise
    expect(heard).toEqual([`${theirs} returns`])
  })
})
