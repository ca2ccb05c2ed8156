import { describe, expect, test } from 'vitest'
import { edit, later, requestIn, STATES, setScene, submit } from '../arrange.ts'
import { beat, claim, type Held, reap, recordSteps, settle, step } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene

const OUTCOMES = ['completed', 'failed', 'retry', 'cancelled', 'released']
const TASKS = 4
const STEPS = 80

/** Small and good enough: mulberry32. */
function randomFrom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** Rows that break what must hold at every moment, with the rule that they break. */
function violations() {
  return sql`
    select 'processing without a lease' as rule, id from public.agent_task_requests r
    where status = 'processing' and not exists (select from worker.leases where task_id = r.id)
    union all
    select 'a lease without processing', task_id from worker.leases l
    where not exists (select from public.agent_task_requests where id = l.task_id and status = 'processing')
    union all
    select 'finished_at does not tell the end', id from public.agent_task_requests
    where (status in ('completed', 'failed', 'cancelled')) <> (finished_at is not null)
    union all
    select 'an answer on a task that is not ended', id from public.agent_task_requests
    where response_payload is not null and finished_at is null
    union all
    select 'more attempts than allowed', id from public.agent_task_requests where attempt > max_attempts`
}

/** Does one thing that a worker, a user or an admin may do at this moment, well or badly; returns what it was. */
async function act(random: (below: number) => number, tasks: string[], everHeld: Held[], minutes: { passed: number }) {
  const task = tasks[random(TASKS)] ?? ''
  const held = everHeld[random(everHeld.length)]
  switch (random(8)) {
    case 0:
    case 1: {
      const claimed = await claim(worker, { slots: 1 + random(2) })
      everHeld.push(...claimed.map(row => ({ task: row.task_id, lease: row.lease_id })))
      return `claim ${claimed.length}`
    }
    case 2:
      if (held) await beat(worker, [held], 60 + random(120))
      return 'beat'
    case 3: {
      const outcome = OUTCOMES[random(OUTCOMES.length)] ?? ''
      const detail = outcome === 'completed' ? { response: { answer: '42' } } : {}
      if (held) await settle(worker, { ...held, outcome, detail })
      return `settle ${outcome}`
    }
    case 4:
      minutes.passed += random(4)
      await later(worker, `${minutes.passed} minutes`)
      return `wait, then reap ${(await reap(worker, 1 + random(3))).length}`
    case 5: {
      const status = STATES[random(STATES.length)] ?? ''
      const refused = await edit(sql, task, { status }).catch((error: { code: string }) => error.code)
      if (refused) expect([refused, status]).toEqual(['22023', 'processing'])
      return `edit by hand to ${status}`
    }
    case 6:
      await sql`update public.agent_task_requests set cancel_requested_at = now() where id = ${task} and status = 'processing'`
      return 'request a cancel'
    default:
      if (held) await recordSteps(worker, held, step('model::1'))
      return 'record a step'
  }
}

describe('whatever happens in whatever order', () => {
  test.each(Array.from({ length: 12 }, (_, n) => n + 1))('the queue stays whole (seed %i)', async seed => {
    const random = randomFrom(seed)
    const tasks = await Promise.all(Array.from({ length: TASKS }, () => submit(sql, { max_attempts: 4 })))
    const everHeld: Held[] = []
    const minutes = { passed: 0 }
    const history: string[] = []
    const versions = new Map<string, number>()
    for (let n = 0; n < STEPS; n++) {
      history.push(await act(random, tasks, everHeld, minutes))
      expect(await violations(), `seed ${seed}: ${history.join(', ')}`).toEqual([])
      for (const row of await sql`select id, version::int, life from public.agent_task_requests`) {
        expect(row.version, `seed ${seed}: ${history.join(', ')}`).toBeGreaterThanOrEqual(versions.get(row.id) ?? 1)
        versions.set(row.id, row.version)
      }
    }
  })

  test.each(STATES)('a request in state %s keeps the rules', async status => {
    await requestIn(status, scene)
    expect(await violations()).toEqual([])
    expect(await sql`select status from public.agent_task_requests`).toEqual([{ status }])
  })
})
