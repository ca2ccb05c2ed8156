// Whose task a free slot goes to. A tenant is an enterprise, or a user without one.

import { describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { addEnterprise, edit, inMs, later, setScene, submit } from '../arrange.ts'
import { only } from '../only.ts'
import { claim, register, settle } from '../verbs.ts'

const { sql, worker, connect } = await setScene()
const tenants: string[] = []
for (let n = 0; n < 11; n++) tenants.push(await addEnterprise(sql, `Tenant ${n}`))
const [a, b, c] = [only(tenants[0]), only(tenants[1]), only(tenants[2])]

interface Many {
  priority?: number
  kind?: string
}

/** So many tasks of an enterprise at once. */
function submitMany(enterprise: string, count: number, { priority = 0, kind = 'assistant' }: Many = {}) {
  return sql`
    insert into public.agent_task_requests (enterprise_id, priority, kind)
    select ${enterprise}, ${priority}, ${kind} from generate_series(1, ${count}::integer)`
}

/** Claims, and tells how many tasks each enterprise got: [a's, b's, …], in the order in which they are named. */
async function shares(slots: number, ...enterprises: string[]): Promise<number[]> {
  const tasks = await claim(worker, { slots })
  return enterprises.map(enterprise => tasks.filter(task => task.enterprise_id === enterprise).length)
}

function weigh(tenant: string, { weight = 1, max_running = null }: { weight?: number; max_running?: number | null }) {
  return sql`insert into worker.tenants ${sql({ tenant_id: tenant, weight, max_running })}`
}

function limit(kind: string, values: { max_running?: number | null; paused_at?: Date | null }) {
  return sql`insert into worker.kinds ${sql({ kind, max_running: null, paused_at: null, ...values })}`
}

async function settleAll(outcome: string, seconds = 0) {
  for (const held of await sql`select task_id as task, id as lease from worker.leases`)
    await settle(worker, { task: held.task, lease: held.lease, outcome, detail: { after_seconds: seconds } })
}

describe('slots go to the tenant that has the least at work', () => {
  test('one after the other', async () => {
    await submitMany(a, 10)
    await submitMany(b, 10)
    expect(await shares(6, a, b)).toEqual([3, 3])
    for (let n = 0; n < 4; n++) await claim(worker)
    expect(
      await sql`select count(*)::int from public.agent_task_requests where status = 'processing' group by enterprise_id`,
    ).toEqual([{ count: 5 }, { count: 5 }])
  })

  test('with what it has at work counted, until it has caught up', async () => {
    await submitMany(a, 20)
    expect(await shares(6, a)).toEqual([6])
    await submitMany(b, 20)
    expect(await shares(6, a, b)).toEqual([0, 6])
    expect(await shares(4, a, b)).toEqual([2, 2])
  })

  test('with what it has at work of other kinds counted, too', async () => {
    await submitMany(a, 6)
    await shares(6)
    await submitMany(a, 10, { kind: 'course' })
    await submitMany(b, 10)
    expect(await shares(6, a, b)).toEqual([0, 6])
  })

  test('however far it is behind, and however many tenants there are', async () => {
    for (const tenant of tenants.slice(1)) await submitMany(tenant, 50)
    await shares(200)
    await submitMany(a, 60)
    for (const tenant of tenants.slice(1)) await submitMany(tenant, 50)
    expect(await shares(20, a)).toEqual([20])
  })

  test('with what has ended forgotten', async () => {
    await submitMany(a, 20)
    await claim(worker, { slots: 5 })
    await settleAll('completed')
    await submitMany(b, 20)
    expect(await shares(6, a, b)).toEqual([3, 3])
  })

  test('the older first among equals', async () => {
    const [old] = [await submit(sql, { enterprise_id: b }), await submit(sql, { enterprise_id: a })]
    expect(await claim(worker)).toMatchObject([{ task_id: old }])
  })

  test('so that a noisy one with 1,000 tasks holds up none of ten with five each', async () => {
    await submitMany(a, 1000)
    for (const tenant of tenants.slice(1)) await submitMany(tenant, 5)
    expect(await shares(55, ...tenants)).toEqual(Array.from({ length: 11 }, () => 5))
    expect(await shares(5, a)).toEqual([5])
  })

  test('and all of them to one that is alone', async () => {
    await submitMany(a, 30)
    await submitMany(b, 2)
    expect(await shares(20, a, b)).toEqual([18, 2])
  })

  test('whatever the priority of the others', async () => {
    await submitMany(a, 10, { priority: 9 })
    await submitMany(b, 10)
    expect(await shares(4, a, b)).toEqual([2, 2])
  })

  test('over lanes of many kinds and priorities', async () => {
    for (const kind of ['assistant', 'course', 'report'])
      for (const priority of [0, 4, 9]) await submitMany(a, 2, { kind, priority })
    await submitMany(b, 9)
    expect(await shares(10, a, b)).toEqual([5, 5])
  })

  test('of whom those without a tenant are one together', async () => {
    await submitMany(a, 5)
    await sql`insert into public.agent_task_requests (kind) select 'assistant' from generate_series(1, 5)`
    const tasks = await claim(worker, { slots: 4 })
    expect(tasks.filter(task => task.enterprise_id === null)).toHaveLength(2)
  })

  test('of whom users without an enterprise are each one of their own', async () => {
    const [ann, bob] = [await addUser(sql, 'ann@free.test'), await addUser(sql, 'bob@free.test')]
    for (const [user, count] of [
      [ann, 10],
      [bob, 2],
    ] as const)
      await sql`insert into public.agent_task_requests (user_id) select ${user} from generate_series(1, ${count}::integer)`
    const tasks = await claim(worker, { slots: 4 })
    expect(tasks.map(task => task.user_id).sort()).toEqual([ann, ann, bob, bob].sort())
    await sql`delete from auth.users where id in ${sql([ann, bob])}`
  })

  test('of whom users of one enterprise are one together', async () => {
    const [eve, dan] = [await addUser(sql, 'eve@one.test'), await addUser(sql, 'dan@one.test')]
    for (const user_id of [eve, eve, eve, dan]) await submit(sql, { user_id, enterprise_id: a })
    await submitMany(b, 4)
    expect(await shares(4, a, b)).toEqual([2, 2])
    await sql`delete from auth.users where id in ${sql([eve, dan])}`
  })
})

describe('a weight', () => {
  test('of two gives twice the slots', async () => {
    await weigh(a, { weight: 2 })
    await submitMany(a, 20)
    await submitMany(b, 20)
    expect(await shares(9, a, b)).toEqual([6, 3])
    expect(await shares(9, a, b)).toEqual([6, 3])
  })

  test('of a half gives half the slots', async () => {
    await weigh(a, { weight: 0.5 })
    await submitMany(a, 20)
    await submitMany(b, 20)
    expect(await shares(9, a, b)).toEqual([3, 6])
  })

  test('counts only where slots are short', async () => {
    await weigh(a, { weight: 0.01 })
    await submitMany(a, 5)
    await submitMany(b, 3)
    expect(await shares(8, a, b)).toEqual([5, 3])
  })

  test.each([0, -1, 1001])('of %d is refused', async weight => {
    await expect(weigh(a, { weight })).rejects.toMatchObject({ constraint_name: 'weight_is_above_0' })
  })
})

describe('the cap of a tenant', () => {
  test('is not exceeded, in one claim or in many', async () => {
    await weigh(a, { max_running: 3 })
    await submitMany(a, 10)
    expect(await shares(2, a)).toEqual([2])
    expect(await shares(5, a)).toEqual([1])
    expect(await shares(5, a)).toEqual([0])
  })

  test('leaves the slots to others', async () => {
    await weigh(a, { max_running: 1 })
    await submitMany(a, 10, { priority: 9 })
    await submitMany(b, 10)
    expect(await shares(6, a, b)).toEqual([1, 5])
  })

  test('gives a slot back when a task ends, however it ends', async () => {
    await weigh(a, { max_running: 1 })
    await submitMany(a, 10)
    for (const outcome of ['completed', 'failed', 'retry', 'snooze', 'released']) {
      expect(await shares(5, a), outcome).toEqual([1])
      await settleAll(outcome, 3600)
    }
  })

  test('of 0 stops it', async () => {
    await weigh(a, { max_running: 0 })
    await submitMany(a, 2)
    expect(await shares(5, a)).toEqual([0])
  })

  test('holds over all kinds and priorities together', async () => {
    await weigh(a, { max_running: 2 })
    for (const priority of [0, 4, 9]) await submitMany(a, 2, { priority, kind: `kind${priority}` })
    const tasks = await claim(worker, { slots: 6 })
    expect(tasks.map(task => task.kind)).toEqual(['kind9', 'kind9'])
  })

  test('that is raised or taken away counts at once', async () => {
    await weigh(a, { max_running: 1 })
    await submitMany(a, 10)
    expect(await shares(5, a)).toEqual([1])
    await sql`update worker.tenants set max_running = 3`
    expect(await shares(5, a)).toEqual([2])
    await sql`update worker.tenants set max_running = null`
    expect(await shares(5, a)).toEqual([5])
  })

  test('that is lowered below what is at work takes nothing away, and gives nothing', async () => {
    await submitMany(a, 10)
    expect(await shares(4, a)).toEqual([4])
    await weigh(a, { max_running: 2 })
    expect(await shares(4, a)).toEqual([0])
  })
})

describe('the cap of a kind', () => {
  test('is not exceeded, whoever asks', async () => {
    await limit('assistant', { max_running: 3 })
    await submitMany(a, 5)
    await submitMany(b, 5)
    expect(await shares(10, a, b)).toEqual([2, 1])
    expect(await shares(10, a, b)).toEqual([0, 0])
  })

  test('leaves other kinds alone', async () => {
    await limit('assistant', { max_running: 1 })
    await submitMany(a, 5)
    await submitMany(a, 5, { kind: 'course' })
    const tasks = await claim(worker, { slots: 10 })
    expect(tasks.filter(task => task.kind === 'course')).toHaveLength(5)
    expect(tasks).toHaveLength(6)
  })

  test('gives its slot to the tenant that has the least at work', async () => {
    await limit('course', { max_running: 1 })
    await submitMany(a, 3)
    await claim(worker, { slots: 3 })
    await submitMany(a, 2, { kind: 'course' })
    await submitMany(b, 2, { kind: 'course' })
    expect(await shares(5, a, b)).toEqual([0, 1])
  })

  test('and that of a tenant both hold', async () => {
    await limit('assistant', { max_running: 3 })
    await weigh(a, { max_running: 2 })
    await submitMany(a, 10)
    await submitMany(b, 10)
    expect(await shares(10, a, b)).toEqual([2, 1])
  })

  test('does not keep a tenant from work of another kind in the same claim', async () => {
    await limit('course', { max_running: 1 })
    await weigh(a, { max_running: 1 })
    await submitMany(b, 1, { kind: 'course', priority: 9 })
    await submitMany(a, 1, { kind: 'course', priority: 9 })
    await submitMany(a, 1, { kind: 'assistant' })
    const tasks = await claim(worker, { slots: 5 })
    expect(tasks.map(task => [task.enterprise_id === a ? 'a' : 'b', task.kind]).sort()).toEqual([
      ['a', 'assistant'],
      ['b', 'course'],
    ])
  })

  test('does not let the higher priorities of that kind use up the room of the tenant', async () => {
    await limit('course', { max_running: 1 })
    await weigh(a, { max_running: 2 })
    await submitMany(a, 1, { kind: 'course', priority: 9 })
    await submitMany(a, 1, { kind: 'course', priority: 5 })
    await submitMany(a, 1, { kind: 'assistant' })
    expect((await claim(worker, { slots: 5 })).map(task => task.kind).sort()).toEqual(['assistant', 'course'])
  })
})

describe('a paused kind', () => {
  test('is not claimed until it goes on', async () => {
    await limit('course', { paused_at: new Date() })
    await submitMany(a, 2, { kind: 'course', priority: 9 })
    await submitMany(a, 1)
    expect((await claim(worker, { slots: 5 })).map(task => task.kind)).toEqual(['assistant'])
    await sql`update worker.kinds set paused_at = null`
    expect(await claim(worker, { slots: 5 })).toHaveLength(2)
  })

  test('is not claimed where there are other tenants, either', async () => {
    await limit('course', { paused_at: new Date() })
    await submitMany(a, 2, { kind: 'course' })
    await submitMany(b, 2)
    expect(await shares(5, a, b)).toEqual([0, 2])
  })

  test('lets go on and settle what runs', async () => {
    await submitMany(a, 2, { kind: 'course' })
    await claim(worker)
    await limit('course', { paused_at: new Date() })
    await settleAll('completed')
    expect(await sql`select status from public.agent_task_requests order by 1`).toEqual([
      { status: 'completed' },
      { status: 'pending' },
    ])
  })
})

describe('within a tenant', () => {
  test('the higher priority goes first, then the older', async () => {
    const order: string[] = []
    for (const priority of [1, 5, 1, 9]) order.push(await submit(sql, { enterprise_id: a, priority }))
    await submitMany(b, 1)
    const tasks: string[] = []
    for (let n = 0; n < 5; n++) tasks.push(...(await claim(worker)).map(task => task.task_id))
    expect(tasks.filter(task => order.includes(task))).toEqual([3, 1, 0, 2].map(n => order[n]))
  })

  test('the older goes first also of two kinds', async () => {
    const [old] = [await submit(sql, { kind: 'course' }), await submit(sql)]
    expect(await claim(worker)).toMatchObject([{ task_id: old }])
  })

  test.each(['released', 'retry', 'snooze'])('a task that had begun goes ahead of new ones after %s', async outcome => {
    await submitMany(a, 1)
    const [begun] = await claim(worker)
    await submitMany(a, 3)
    await settleAll(outcome)
    await later(worker, '10 minutes')
    expect(await claim(worker)).toMatchObject([{ task_id: begun?.task_id }])
  })

  test('a task that had begun goes not ahead of a higher priority', async () => {
    await submitMany(a, 1)
    await claim(worker)
    await submitMany(a, 1, { priority: 1 })
    await settleAll('released')
    expect(await claim(worker)).toMatchObject([{ attempt: 1, life: 1 }])
    expect(await sql`select priority from public.agent_task_requests where status = 'processing'`).toEqual([
      { priority: 1 },
    ])
  })

  test('a task that began a new life lines up anew', async () => {
    await submitMany(a, 1)
    const [begun] = await claim(worker)
    const other = await submit(sql, { enterprise_id: a })
    await edit(sql, only(begun).task_id, { status: 'pending' })
    expect(await claim(worker)).toMatchObject([{ task_id: other }])
  })
})

describe('a worker that takes some kinds', () => {
  test('gets those alone, the tenants in turn', async () => {
    await submitMany(a, 5, { kind: 'course' })
    await submitMany(b, 5, { kind: 'report' })
    await submitMany(c, 5)
    const tasks = await claim(worker, { slots: 4, kinds: ['course', 'report'] })
    expect(tasks.map(task => task.kind).sort()).toEqual(['course', 'course', 'report', 'report'])
  })

  test('that name none gets nothing', async () => {
    await submitMany(a, 1)
    await submitMany(b, 1)
    expect(await claim(worker, { slots: 5, kinds: [] })).toEqual([])
  })

  test('counts what its tenants have at work of other kinds', async () => {
    await submitMany(a, 3)
    await claim(worker, { slots: 3 })
    await submitMany(a, 3, { kind: 'course' })
    await submitMany(b, 3, { kind: 'course' })
    const tasks = await claim(worker, { slots: 3, kinds: ['course'] })
    expect(tasks.map(task => task.enterprise_id)).toEqual([b, b, b])
  })
})

describe('with many workers that claim at once', () => {
  test('no cap is exceeded, and every slot is given', async () => {
    await limit('assistant', { max_running: 13 })
    await limit('course', { max_running: 4 })
    await weigh(a, { max_running: 5 })
    for (const tenant of [a, b, c]) {
      await submitMany(tenant, 20)
      await submitMany(tenant, 20, { kind: 'course' })
    }
    const sessions = await Promise.all(Array.from({ length: 8 }, () => connect({ role: 'service_role' })))
    const rounds = await Promise.all(
      sessions.map(async session => [
        ...(await claim(session, { slots: 3 })),
        ...(await claim(session, { slots: 1, kinds: ['course'] })),
        ...(await claim(session, { slots: 4 })),
      ]),
    )
    const tasks = rounds.flat()
    expect(new Set(tasks.map(task => task.task_id)).size).toBe(tasks.length)
    expect(tasks.filter(task => task.kind === 'assistant')).toHaveLength(13)
    expect(tasks.filter(task => task.kind === 'course')).toHaveLength(4)
    expect(tasks.filter(task => task.enterprise_id === a)).toHaveLength(5)
  })

  test('the tenants are served alike', async () => {
    for (const tenant of [a, b, c]) await submitMany(tenant, 30)
    const sessions = await Promise.all(Array.from({ length: 6 }, () => connect({ role: 'service_role' })))
    await Promise.all(sessions.map(session => claim(session, { slots: 5 })))
    const counts = await sql`
      select count(*)::int as tasks from public.agent_task_requests where status = 'processing' group by enterprise_id`
    expect(counts).toEqual([{ tasks: 10 }, { tasks: 10 }, { tasks: 10 }])
  })
})

describe('a deadline that is over', () => {
  test('keeps a task from being claimed, and nobody behind it', async () => {
    const late = await submit(sql, { enterprise_id: a, deadline_at: inMs(60_000) })
    const next = await submit(sql, { enterprise_id: a })
    await later(worker, '2 minutes')
    expect((await claim(worker)).map(task => task.task_id)).toEqual([next])
    await submitMany(b, 1)
    expect((await claim(worker, { slots: 5 })).map(task => task.task_id)).not.toContain(late)
  })
})

describe('fewer tasks than asked for', () => {
  test.each(['a cap', 'a pause', 'an empty queue'])('put the worker on record as idle: %s', async why => {
    await register(worker)
    await limit('assistant', why === 'a cap' ? { max_running: 1 } : { paused_at: new Date() })
    if (why !== 'an empty queue') await submitMany(a, 5)
    await claim(worker, { slots: 2 })
    expect(await sql`select idle from worker.workers`).toEqual([{ idle: true }])
  })
})
