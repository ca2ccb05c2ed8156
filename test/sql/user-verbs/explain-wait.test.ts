import { describe, expect, test } from 'vitest'
import { as, type Caller } from '../../support/roles.ts'
import { addPeople, edit, later, request, requestIn, setScene, submit, submitAndClaim, user } from '../arrange.ts'
import { claim, register, settle, WORKER } from '../verbs.ts'

const scene = await setScene()
const { sql, worker } = scene
const people = await addPeople(sql)
const ofOwner = { user_id: people.owner, enterprise_id: people.acme }
const owner = user(people.owner)

async function explain(id: string, caller: Caller = owner) {
  return as(sql, caller, async tx => {
    const [row] = await tx`select public.explain_wait(${id}) as reason`
    return row?.reason
  })
}

describe('explain_wait tells', () => {
  test.each(['completed', 'failed', 'cancelled'])('that a %s task has ended', async status => {
    const id = await requestIn(status, scene, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'ended', status })
  })

  test('that a running task is at work, where, and since when', async () => {
    await register(worker)
    const id = await requestIn('processing', scene, ofOwner)
    const { since, ...rest } = await explain(id)
    expect(rest).toEqual({ reason: 'at_work', host: 'test-host', stuck: false })
    expect(new Date(since)).toEqual((await request(sql, id)).started_at)
  })

  test('that the worker of a running task is silent', async () => {
    await register(worker)
    const { task } = await submitAndClaim(scene, ofOwner)
    await sql`update worker.workers set beat_at = clock_timestamp() - interval '61 seconds'`
    expect(await explain(task)).toMatchObject({ reason: 'at_work', stuck: true })
    await sql`delete from worker.workers`
    expect(await explain(task)).toMatchObject({ reason: 'at_work', host: null, stuck: true })
  })

  test('of a task that was submitted for later, until when', async () => {
    const id = await requestIn('scheduled', scene, ofOwner)
    const { reason, until } = await explain(id)
    expect(reason).toBe('scheduled')
    expect(new Date(until)).toEqual((await request(sql, id)).run_at)
  })

  test.each([
    ['retry', 'retry', 'provider_down'],
    ['rate', 'snooze', 'rate_limited'],
  ])('of a task that is tried again, why and until when: %s', async (reason, outcome, code) => {
    const held = await submitAndClaim(scene, ofOwner)
    const error = { code, message: 'Try later.', retryable: true }
    await settle(worker, { ...held, outcome, detail: { error, after_seconds: 90 } })
    expect(await explain(held.task)).toEqual({ reason, until: expect.any(String), error })
  })

  test('of a task that waits for others, how many are open', async () => {
    const id = await requestIn('waiting', scene, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'children', open: 1 })
  })

  test('that the kind is paused, and since when', async () => {
    await register(worker)
    const id = await submit(sql, ofOwner)
    await sql`insert into worker.kinds (kind, paused_at) values ('assistant', '2026-01-01T00:00:00Z')`
    const { since, ...rest } = await explain(id)
    expect(rest).toEqual({ reason: 'paused', kind: 'assistant' })
    expect(new Date(since)).toEqual(new Date('2026-01-01T00:00:00Z'))
  })

  test('that no worker lives', async () => {
    const id = await submit(sql, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'no_worker', kind: 'assistant' })
    await register(worker)
    await sql`update worker.workers set beat_at = clock_timestamp() - interval '61 seconds'`
    expect(await explain(id)).toEqual({ reason: 'no_worker', kind: 'assistant' })
  })

  test('that no worker takes the kind', async () => {
    await worker`select worker.beat(${WORKER}, 'h', '1', 'postgres', '{}', '{}', 60, '{course}')`
    const id = await submit(sql, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'no_worker', kind: 'assistant' })
    const course = await submit(sql, { ...ofOwner, kind: 'course' })
    expect(await explain(course)).toMatchObject({ reason: 'position' })
  })

  test('that the tenant has as many at work as it may', async () => {
    await register(worker)
    await sql`insert into worker.tenants (tenant_id, max_running) values (${people.acme}, 1)`
    const id = await submit(sql, ofOwner)
    expect(await explain(id)).toMatchObject({ reason: 'position' })
    await submitAndClaim(scene, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'tenant_cap', cap: 1 })
  })

  test('that as many of the kind are at work as may be', async () => {
    await register(worker)
    await sql`insert into worker.kinds (kind, max_running) values ('assistant', 1)`
    await submitAndClaim(scene, { enterprise_id: people.globex })
    const id = await submit(sql, ofOwner)
    expect(await explain(id)).toEqual({ reason: 'kind_cap', cap: 1 })
  })

  test('how many of its tenant and kind come first', async () => {
    await register(worker)
    for (const priority of [0, 5, 0]) await submit(sql, { ...ofOwner, priority })
    const id = await submit(sql, ofOwner)
    await submit(sql, { ...ofOwner, kind: 'course' })
    await submit(sql, { enterprise_id: people.globex })
    await submit(sql, ofOwner)
    expect(await explain(id)).toMatchObject({ reason: 'position', ahead: 3 })
    await claim(worker, { slots: 1, kinds: ['assistant'] })
    const late = await submit(sql, { ...ofOwner, priority: 9 })
    expect(await explain(late)).toMatchObject({ reason: 'position', ahead: 0 })
  })

  test('of no more than a thousand that come first', async () => {
    await register(worker)
    await sql`insert into public.agent_task_requests (enterprise_id) select ${people.acme} from generate_series(1, 1200)`
    const id = await submit(sql, ofOwner)
    expect(await explain(id)).toMatchObject({ reason: 'position', ahead: 1000 })
  })

  test('the same to service_role and to the dashboard', async () => {
    const id = await submit(sql, ofOwner)
    const [row] = await sql`select public.explain_wait(${id}) as reason`
    expect(row?.reason).toEqual({ reason: 'no_worker', kind: 'assistant' })
    expect(await explain(id, { role: 'service_role' })).toEqual(row?.reason)
  })

  test.each(['owner', 'admin', 'platformAdmin'] as const)('the %s', async actor => {
    const id = await submit(sql, ofOwner)
    expect(await explain(id, user(people[actor]))).toMatchObject({ reason: 'no_worker' })
  })

  test('nothing changed by telling', async () => {
    const id = await submit(sql, ofOwner)
    const before = await request(sql, id)
    await explain(id)
    expect(await request(sql, id)).toEqual(before)
  })

  test('of a task that was changed by hand what is true now', async () => {
    const id = await requestIn('scheduled', scene, ofOwner)
    await edit(sql, id, { status: 'pending' })
    await later(worker, '1 second')
    expect(await explain(id)).toMatchObject({ reason: 'no_worker' })
  })
})

describe('explain_wait is refused', () => {
  const REFUSED = { code: '42501', message: expect.stringContaining('that you may act on') }

  test.each(['stranger', 'colleague'] as const)('to the %s as if the task were not there', async actor => {
    const id = await submit(sql, ofOwner)
    await expect(explain(id, user(people[actor]))).rejects.toMatchObject(REFUSED)
  })

  test.each(['owner', 'admin', 'platformAdmin'] as const)('to the %s for a task that is not there', async actor => {
    await expect(explain(crypto.randomUUID(), user(people[actor]))).rejects.toMatchObject(REFUSED)
  })

  test('to service_role for a task that is not there', async () => {
    await expect(explain(crypto.randomUUID(), { role: 'service_role' })).rejects.toMatchObject(REFUSED)
  })

  test('to the anonymous', async () => {
    const id = await submit(sql, ofOwner)
    await expect(explain(id, { role: 'anon' })).rejects.toMatchObject({ code: '42501' })
  })
})
