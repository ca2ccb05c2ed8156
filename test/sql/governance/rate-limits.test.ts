import type postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { setScene, submit, submitAndClaim, whileWaiting } from '../arrange.ts'
import type { Held } from '../verbs.ts'
import { admitCall, at, limitModel, spend } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene

const NOON = '2026-03-01 12:00:00Z'
/** Sets the clocks to so many seconds after noon. */
const secondsPast = async (seconds: number, sessions: postgres.Sql[] = [sql, worker]) => {
  const time = new Date(Date.parse(NOON) + seconds * 1000).toISOString()
  for (const session of sessions) await at(session, time)
}
/** Running tasks, claimed before the clock stands still. */
const run = async (count: number): Promise<[Held, Held, Held]> => {
  const held: Held[] = []
  for (let each = 0; each < count; each++) held.push(await submitAndClaim(scene))
  await secondsPast(0)
  return held as [Held, Held, Held]
}

const CONTINUE = { verdict: 'continue' }
const rate = (after_seconds: number) => ({ verdict: 'rate', after_seconds })

test('a model without a limit is asked as often as one likes', async () => {
  const [held] = await run(1)
  await limitModel(sql, { model: 'gpt-5-mini', requests: 1 })
  for (let call = 0; call < 5; call++) expect(await admitCall(worker, held, { tokens: 1e6 })).toEqual(CONTINUE)
})

describe('a limit of requests', () => {
  test('lets a minute’s worth pass at once, and then one whenever it is due', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 3 })
    for (let call = 0; call < 3; call++) expect(await admitCall(worker, held)).toEqual(CONTINUE)
    expect(await admitCall(worker, held)).toEqual(rate(20))
    await secondsPast(19.999)
    expect(await admitCall(worker, held)).toEqual(rate(0.001))
    await secondsPast(20)
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    expect(await admitCall(worker, held)).toEqual(rate(20))
  })

  test('saves up no more than a minute’s worth', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 2 })
    await secondsPast(86_400)
    const verdicts = [await admitCall(worker, held), await admitCall(worker, held), await admitCall(worker, held)]
    expect(verdicts).toEqual([CONTINUE, CONTINUE, rate(30)])
  })

  test('is not passed by a worker that asks while another takes the last one', async () => {
    const [first, second] = await run(2)
    await limitModel(sql, { requests: 1 })
    const other = await connect({ role: 'service_role' })
    await secondsPast(0, [other])
    await other`begin`
    expect(await admitCall(other, first)).toEqual(CONTINUE)
    const [verdict] = await whileWaiting(sql, admitCall(worker, second), () => other`commit`)
    expect(verdict).toEqual(rate(60))
  })

  test('is never passed by workers that ask at once', async () => {
    const [first, second] = await run(2)
    await limitModel(sql, { requests: 10 })
    const other = await connect({ role: 'service_role' })
    await secondsPast(0, [other])
    const ask = (session: postgres.Sql, held: Held) =>
      Promise.all(Array.from({ length: 20 }, () => admitCall(session, held)))
    const verdicts = (await Promise.all([ask(worker, first), ask(other, second)])).flat()
    expect(verdicts.filter(({ verdict }) => verdict === 'continue')).toHaveLength(10)
  })

  test('is not passed over many minutes of asking', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 7 })
    let passed = 0
    for (let second = 0; second <= 300; second += 3) {
      await secondsPast(second)
      if ((await admitCall(worker, held)).verdict === 'continue') passed += 1
    }
    // What the bucket held, and five minutes' worth.
    expect(passed).toBeLessThanOrEqual(7 + 5 * 7)
    expect(passed).toBeGreaterThanOrEqual(5 * 7)
  })

  test('survives a clock that goes back', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 1 })
    await secondsPast(60)
    expect(await admitCall(worker, held)).toEqual(CONTINUE)
    await secondsPast(0)
    expect(await admitCall(worker, held)).toEqual(rate(60))
  })
})

describe('a limit of tokens', () => {
  test('takes what a call is expected to need', async () => {
    const [held] = await run(1)
    await limitModel(sql, { tokens: 600 })
    expect(await admitCall(worker, held, { tokens: 500 })).toEqual(CONTINUE)
    expect(await admitCall(worker, held, { tokens: 100 })).toEqual(CONTINUE)
    expect(await admitCall(worker, held, { tokens: 50 })).toEqual(rate(5))
  })

  test('gives back what was not needed', async () => {
    const [held] = await run(1)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, held, { tokens: 600 })
    await spend(worker, held.task, { input: 90, output: 10, reserved: 600 })
    expect(await admitCall(worker, held, { tokens: 500 })).toEqual(CONTINUE)
    expect(await admitCall(worker, held, { tokens: 1 })).toMatchObject({ verdict: 'rate' })
  })

  test('takes what was needed beyond', async () => {
    const [held] = await run(1)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, held, { tokens: 100 })
    await spend(worker, held.task, { input: 700, reserved: 100 })
    expect(await admitCall(worker, held, { tokens: 100 })).toEqual(rate(20))
  })

  test('counts in full a call that reserved nothing', async () => {
    const [held] = await run(1)
    await limitModel(sql, { tokens: 600 })
    await spend(worker, held.task, { input: 600 })
    expect(await admitCall(worker, held, { tokens: 10 })).toEqual(rate(1))
  })

  test('lets a call larger than the bucket go when that is full, and then has it paid for', async () => {
    const [large, small] = await run(2)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, small, { tokens: 10 })
    expect(await admitCall(worker, large, { tokens: 1200 })).toEqual(rate(1))
    await secondsPast(1)
    expect(await admitCall(worker, large, { tokens: 1200 })).toEqual(CONTINUE)
    // The debt of 600, and its own 10.
    expect(await admitCall(worker, small, { tokens: 10 })).toEqual(rate(61))
  })

  test('takes a call of less than nothing for one of nothing', async () => {
    const [held] = await run(1)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, held, { tokens: -600 })
    await admitCall(worker, held, { tokens: 600 })
    expect(await admitCall(worker, held, { tokens: 600 })).toEqual(rate(60))
  })
})

describe('who is refused first', () => {
  test('stands first: others do not take what fills up for it', async () => {
    const [large, small] = await run(2)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, small, { tokens: 600 })
    expect(await admitCall(worker, large, { tokens: 600 })).toEqual(rate(60))
    for (const second of [10, 30, 59]) {
      await secondsPast(second)
      expect(await admitCall(worker, small, { tokens: 10 })).toEqual(rate(61 - second))
    }
    await secondsPast(60)
    expect(await admitCall(worker, large, { tokens: 600 })).toEqual(CONTINUE)
    await secondsPast(61)
    expect(await admitCall(worker, small, { tokens: 10 })).toEqual(CONTINUE)
  })

  test('leaves the others what it does not need', async () => {
    const [first, second] = await run(2)
    await limitModel(sql, { tokens: 600 })
    await admitCall(worker, second, { tokens: 600 })
    await admitCall(worker, first, { tokens: 100 })
    await secondsPast(12)
    expect(await admitCall(worker, second, { tokens: 20 })).toEqual(CONTINUE)
    expect(await admitCall(worker, first, { tokens: 100 })).toEqual(CONTINUE)
  })

  test('loses its place five seconds after its time', async () => {
    const [first, second] = await run(2)
    await limitModel(sql, { requests: 1 })
    await admitCall(worker, second)
    await admitCall(worker, first)
    await secondsPast(64)
    expect(await admitCall(worker, second)).toMatchObject({ verdict: 'rate' })
    await secondsPast(65)
    expect(await admitCall(worker, second)).toEqual(CONTINUE)
  })

  test('is not starved by many small calls', async () => {
    const [large, small] = await run(2)
    await limitModel(sql, { tokens: 60 })
    await admitCall(worker, small, { tokens: 60 })
    let gotThrough = false
    for (let second = 0; second <= 60 && !gotThrough; second++) {
      await secondsPast(second)
      gotThrough = (await admitCall(worker, large, { tokens: 60 })).verdict === 'continue'
      await admitCall(worker, small, { tokens: 1 })
    }
    expect(gotThrough).toBe(true)
  })
})

describe('limit_agent_model', () => {
  const limits = () => sql`select model, requests_per_minute, tokens_per_minute from worker.rate_limits`

  test('replaces what was said before, and without limits removes it', async () => {
    await limitModel(sql, { requests: 5, tokens: 600 })
    await limitModel(sql, { tokens: 60 })
    expect(await limits()).toEqual([{ model: 'gpt-5', requests_per_minute: null, tokens_per_minute: 60 }])
    await limitModel(sql, {})
    expect(await limits()).toEqual([])
  })

  test('gives nothing back that was taken', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 1 })
    await admitCall(worker, held)
    await limitModel(sql, { requests: 2, tokens: 600 })
    expect(await admitCall(worker, held)).toEqual(rate(30))
  })

  test('takes what is above a lower limit away', async () => {
    const [held] = await run(1)
    await limitModel(sql, { requests: 10 })
    await limitModel(sql, { requests: 1 })
    expect([await admitCall(worker, held), await admitCall(worker, held)]).toEqual([CONTINUE, rate(60)])
  })

  test.each([
    ['gpt-5', 0, null],
    ['gpt-5', null, -1],
    ['', 1, 1],
  ])('refuses "%s", %s, %s', async (model, requests, tokens) => {
    await expect(limitModel(sql, { model, requests, tokens })).rejects.toMatchObject({ code: '23514' })
  })
})

test('a task with a bucket locks nothing but that', async () => {
  const [held] = await run(1)
  await limitModel(sql, { requests: 5 })
  const locked = await worker.begin(async tx => {
    await admitCall(tx as unknown as postgres.Sql, held)
    return sql`select id from public.agent_task_requests where id = ${await submit(sql)} or id = ${held.task} for update nowait`
  })
  expect(locked).toHaveLength(2)
})
