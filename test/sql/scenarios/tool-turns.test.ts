import { beforeEach, describe, expect, test } from 'vitest'
import { later, setScene, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { type Held, runTool } from '../verbs.ts'
import { setScenarios } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const { people, take, complete } = await setScenarios(scene)

beforeEach(async () => {
  await sql`delete from worker.api_buckets`
  await sql`update public.scenario_tools set calls_per_minute = 2 where name = 'list_drafts'`
})

let calls = 0
const call = (held: Held, { name = 'list_drafts', by = worker, key = `tool:/${calls++}` } = {}) =>
  runTool(by, held, { name, key })
const TOO_OFTEN = {
  verdict: 'continue',
  refusal: 'rate',
  output: { code: 'too_many_calls', error: 'list_drafts was called too often: it may be called again in 30 s.' },
}
const takeApiTurn = async () =>
  only((await worker`select worker.take_api_turn(${people.owner}, 'tool:list_drafts', 2) as seconds`)[0]).seconds
const seeApiTurn = async (user = people.owner) =>
  only((await worker`select worker.see_api_turn(${user}, 'tool:list_drafts', 2) as seconds`)[0]).seconds

describe('the calls of a tool by agents', () => {
  test('are so many a minute, and what comes too often is told to the agent and in the journal', async () => {
    await later(worker, '0 seconds')
    const held = await take()
    for (let n = 0; n < 2; n++) expect(await call(held)).toEqual({ verdict: 'continue', output: [] })
    expect(await call(held, { key: 'tool:/late' })).toEqual(TOO_OFTEN)
    const [step] = await sql`select status, output from public.agent_task_steps where key = 'tool:/late'`
    expect(step).toEqual({ status: 'done', output: TOO_OFTEN.output })
    await later(worker, '31 seconds')
    expect(await call(held)).toMatchObject({ output: [] })
  })

  test('count with those through the API, in all tasks of a user', async () => {
    const held = await take()
    await call(held)
    await complete(held)
    expect(await takeApiTurn()).toBe(0)
    expect(await call(await take({ kind: 'scenario-tool' }))).toMatchObject({ refusal: 'rate' })
    expect(await takeApiTurn()).toBeGreaterThan(0)
  })

  test('count for each user and each tool', async () => {
    const held = await take()
    for (let n = 0; n < 3; n++) await call(held)
    expect(await call(held, { name: 'find_slots' })).not.toHaveProperty('refusal')
    await complete(held)
    const other = await take({ user_id: people.colleague })
    expect(await call(other)).not.toHaveProperty('refusal')
  })

  test('count once, however often they are repeated', async () => {
    const held = await take()
    for (let n = 0; n < 3; n++) await call(held, { key: 'tool:/same' })
    expect(await call(held)).not.toHaveProperty('refusal')
    expect(await call(held)).toMatchObject({ refusal: 'rate' })
  })

  test('count not where the call was taken back', async () => {
    const held = await take()
    for (let n = 0; n < 3; n++) {
      await worker`begin`
      await call(held)
      await worker`rollback`
    }
    expect(await call(held)).not.toHaveProperty('refusal')
  })

  test('that are made at once count one after the other', async () => {
    const held = await take()
    const two = await connect({ role: 'service_role' })
    await call(held)
    await worker`begin`
    await call(held)
    const [second] = await whileWaiting(sql, call(held, { by: two }), () => worker`commit`)
    expect(second).toMatchObject({ refusal: 'rate' })
  })

  test('are not bounded in tasks of other kinds', async () => {
    const held = await take({ kind: 'order-desk' })
    for (let n = 0; n < 3; n++) expect(await call(held)).not.toHaveProperty('refusal')
  })
})

describe('see_api_turn', () => {
  test('tells when there will be a turn, and takes none', async () => {
    await later(worker, '0 seconds')
    expect([await seeApiTurn(), await seeApiTurn(), await seeApiTurn()]).toEqual([0, 0, 0])
    expect([await takeApiTurn(), await takeApiTurn(), await seeApiTurn()]).toEqual([0, 0, 30])
    expect(await seeApiTurn(people.colleague)).toBe(0)
    await later(worker, '31 seconds')
    expect(await seeApiTurn()).toBe(0)
  })
})
