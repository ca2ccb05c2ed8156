// Where claims begin to look, and what they must not miss there.

import { beforeEach, describe, expect, test } from 'vitest'
import { edit, later, olderEnded, request, setScene, submit, whileWaiting } from '../arrange.ts'
import { only } from '../only.ts'
import { violations } from '../rules.ts'
import { claim, claimOne, type Held, reap, settle } from '../verbs.ts'

const { sql, worker, connect } = await setScene()
const [slow, slower] = [await connect(), await connect()]

// Whoever needs a lane that an open transaction has just made waits for that one; these tests are not about that.
beforeEach(
  () => sql`
    insert into worker.lanes (tenant_id, kind, rank, used_at)
    select private.tenant_of(null, null), 'assistant', rank, now() from generate_series(0, 9) rank`,
)

async function claimed(slots = 1): Promise<string[]> {
  return (await claim(worker, { slots })).map(task => task.task_id)
}

/** Holds the lock of a request until the session commits. */
async function lock(session: typeof sql, task: string) {
  await session`begin`
  await session`select from public.agent_task_requests where id = ${task} for no key update`
}

async function complete(task: { task_id: string; lease_id: string }) {
  await settle(worker, { task: task.task_id, lease: task.lease_id, outcome: 'completed' })
}

describe('a task that was put in by a transaction that began earlier and ended later', () => {
  test('is found though a later one was claimed meanwhile', async () => {
    await slow`begin`
    const early = await submit(slow)
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    expect(await claimed()).toEqual([])
    await slow`commit`
    expect(await claimed()).toEqual([early])
  })

  test('is found though a hundred others have come and ended meanwhile', async () => {
    await slow`begin`
    const early = await submit(slow)
    for (let n = 0; n < 10; n++) {
      await sql`insert into public.agent_task_requests (request_payload) select '{}' from generate_series(1, 10)`
      await Promise.all((await claim(worker, { slots: 10 })).map(complete))
    }
    await slow`commit`
    expect(await claimed(5)).toEqual([early])
  })

  test('is found when two of them end in the wrong order', async () => {
    await slow`begin`
    const first = await submit(slow)
    await slower`begin`
    const second = await submit(slower)
    const third = await submit(sql)
    expect(await claimed()).toEqual([third])
    await slower`commit`
    expect(await claimed()).toEqual([second])
    await slow`commit`
    expect(await claimed()).toEqual([first])
  })

  test('is found when it was inserted in a savepoint', async () => {
    await slow`begin`
    await slow`savepoint s`
    const early = await submit(slow)
    await slow`release savepoint s`
    expect(await claimed()).toEqual([])
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    await slow`commit`
    expect(await claimed()).toEqual([early])
  })

  test('is taken back from a dead worker like any other', async () => {
    await slow`begin`
    const early = await submit(slow)
    await submit(sql)
    await complete(only((await claim(worker))[0]))
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    await slow`commit`
    expect(await claimed()).toEqual([early])
    await later(worker, '2 minutes')
    expect((await reap(worker)).map(task => task.task_id).sort()).toEqual([early, late].sort())
  })

  test('counts against the cap of its kind like any other', async () => {
    await sql`insert into worker.kinds (kind, max_running) values ('assistant', 2)`
    await slow`begin`
    const early = await submit(slow)
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    await slow`commit`
    expect(await claimed()).toEqual([early])
    await submit(sql)
    expect(await claimed()).toEqual([])
  })

  test('leaves nothing behind when its transaction breaks off', async () => {
    await slow`begin`
    await submit(slow)
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    await slow`rollback`
    expect(await claimed()).toEqual([])
  })

  /** Each way back into a lane. */
  const RETURNS: [string, (session: typeof sql, held: Held) => Promise<unknown>][] = [
    ['is given back', (session, held) => settle(session, { ...held, outcome: 'released' })],
    ['is reset by hand', (session, { task }) => edit(session, task, { status: 'pending' })],
    [
      'is taken from a dead worker',
      async session => {
        await later(session, '2 minutes')
        await reap(session)
      },
    ],
    [
      'falls due for its retry',
      async (session, held) => {
        await settle(session, { ...held, outcome: 'retry' })
        await later(session, '2 minutes')
        await session`select private.promote_due(10)`
      },
    ],
  ]
  test.each(RETURNS)('is found when it %s', async (_, giveBack) => {
    const task = await submit(sql)
    const held = await claimOne(worker)
    await slow`begin`
    await giveBack(slow, held)
    const late = await submit(sql)
    expect(await claimed()).toEqual([late])
    const started = await submit(sql)
    await sql`update public.agent_task_requests set started_at = now(), status = 'scheduled' where id = ${started}`
    await edit(sql, started, { status: 'pending' })
    expect(await claimed()).toEqual([started])
    await slow`commit`
    expect(await claimed()).toEqual([task])
  })

  test('is found when its priority is changed', async () => {
    const task = await submit(sql, { priority: 1 })
    await slow`begin`
    await edit(slow, task, { priority: 3 })
    const late = await submit(sql, { priority: 3 })
    expect(await claimed(5)).toEqual([late])
    await slow`commit`
    expect(await claimed(5)).toEqual([task])
  })
})

describe('a task whose row somebody holds during a claim', () => {
  test('is left out, and claimed when the row is free', async () => {
    const [held, free] = [await submit(sql), await submit(sql)]
    await lock(slow, held)
    expect(await claimed(2)).toEqual([free])
    expect(await claimed(2)).toEqual([])
    await slow`rollback`
    expect(await claimed(2)).toEqual([held])
  })

  test('does not keep others from a worker with one slot', async () => {
    const [held, free] = [await submit(sql), await submit(sql)]
    await lock(slow, held)
    expect(await claimed()).toEqual([free])
  })

  test.each(['tenant', 'kind'])('does not keep others from the one slot that the cap of its %s leaves', async whose => {
    const [held, free] = [await submit(sql), await submit(sql)]
    if (whose === 'kind') await sql`insert into worker.kinds (kind, max_running) values ('assistant', 1)`
    else await sql`insert into worker.tenants (tenant_id, max_running) values (private.tenant_of(null, null), 1)`
    await lock(slow, held)
    expect(await claimed()).toEqual([free])
  })

  test('is taken back from a dead worker like any other', async () => {
    const [held, free] = [await submit(sql), await submit(sql)]
    await lock(slow, held)
    expect(await claimed(2)).toEqual([free])
    await slow`rollback`
    expect(await claimed(2)).toEqual([held])
    await later(worker, '2 minutes')
    expect(await reap(worker)).toHaveLength(2)
  })

  test('is claimed though hundreds went by meanwhile', async () => {
    const held = await submit(sql)
    await lock(slow, held)
    await sql`insert into public.agent_task_requests (request_payload) select '{}' from generate_series(1, 200)`
    for (let n = 0; n < 10; n++) await Promise.all((await claim(worker, { slots: 50 })).map(complete))
    await slow`rollback`
    expect(await claimed()).toEqual([held])
  })

  test('is not taken when it was ended there', async () => {
    const [held, free] = [await submit(sql), await submit(sql)]
    await slow`begin`
    await edit(slow, held, { status: 'cancelled' })
    expect(await claimed(2)).toEqual([free])
    await slow`commit`
    expect(await claimed(2)).toEqual([])
  })
})

describe('whose turn comes', () => {
  test('is by age within a lane, over many claims', async () => {
    const tasks: string[] = []
    for (let n = 0; n < 20; n++) tasks.push(await submit(sql))
    const order: string[] = []
    for (let n = 0; n < 7; n++) order.push(...(await claimed(3)))
    expect(order.sort((a, b) => tasks.indexOf(a) - tasks.indexOf(b))).toEqual(tasks)
  })

  test('is kept by a task that others pass because its kind is not asked for', async () => {
    const course = await submit(sql, { kind: 'course' })
    for (let n = 0; n < 5; n++) await submit(sql)
    expect(await claim(worker, { slots: 3, kinds: ['assistant'] })).toHaveLength(3)
    expect(await claimed()).toEqual([course])
  })

  test('comes again to a lane that has stood empty', async () => {
    for (let n = 0; n < 3; n++) {
      const task = await submit(sql)
      expect(await claimed(2)).toEqual([task])
      expect(await claimed(2)).toEqual([])
    }
  })

  test('comes to a task that was claimed by a transaction that broke off', async () => {
    const task = await submit(sql)
    const other = await connect({ role: 'service_role' })
    await other`begin`
    await claim(other)
    await other`rollback`
    expect(await claimed()).toEqual([task])
  })

  test('comes to the tasks of a session that inserted in the middle of a claim', async () => {
    await submit(sql)
    const other = await connect({ role: 'service_role' })
    await other`begin`
    await claim(other)
    const meanwhile = await submit(sql)
    const [rows] = await whileWaiting(sql, claim(worker), () => other`commit`)
    expect(rows).toMatchObject([{ task_id: meanwhile }])
  })
})

describe('a lane remembers where it begins', () => {
  async function remembers() {
    const [lane] = await sql`
      select next_turn::int as next, first_turn::int as first, last_turn::int as last from worker.lanes
      where last_entered > 0`
    return only(lane) as { next: number; first: number; last: number }
  }
  const turns = async () => (await sql`select turn::int from worker.queue order by turn`).map(row => row.turn as number)

  test('behind what has been claimed, once no older transaction is open', async () => {
    for (let n = 0; n < 3; n++) await submit(sql)
    const [, second, third] = await turns()
    await olderEnded(sql)
    await claimed()
    expect(await remembers()).toMatchObject({ next: second })
    await claimed()
    expect(await remembers()).toMatchObject({ next: third })
  })

  test('not behind a transaction that is still open', async () => {
    await submit(sql)
    await slow`begin`
    await submit(slow)
    for (let n = 0; n < 3; n++) await submit(sql)
    await claimed(4)
    const [first] = await turns()
    expect((await remembers()).next).toBeLessThanOrEqual(only(first) + 1)
  })

  test('and how far what is at work reaches, after the first has ended', async () => {
    for (let n = 0; n < 4; n++) await submit(sql)
    const [, second, third] = await turns()
    await complete(only((await claim(worker))[0]))
    await claimed()
    await claimed()
    const { first, last } = await remembers()
    expect(first).toBe(second)
    expect(last).toBeGreaterThanOrEqual(only(third))
  })

  test('whatever order its tasks end in', async () => {
    for (let n = 0; n < 12; n++) await submit(sql)
    const held: Awaited<ReturnType<typeof claim>>[number][] = []
    for (const ending of [2, 0, 3, 1]) {
      held.push(...(await claim(worker, { slots: 3 })))
      await complete(only(held.splice(ending, 1)[0]))
      expect(await violations(sql)).toEqual([])
    }
  })
})

describe('a task that leaves the queue', () => {
  test.each(['delete', 'cancel'])('by a %s leaves its lane whole', async way => {
    const [first, second] = [await submit(sql), await submit(sql)]
    if (way === 'delete') await sql`delete from public.agent_task_requests where id = ${first}`
    else await sql`select public.cancel_agent_task(${first})`
    expect(await claimed(2)).toEqual([second])
    expect(await sql`select task_id from worker.queue`).toEqual([{ task_id: second }])
  })

  test('by the emptying of the whole table takes its ticket along', async () => {
    await submit(sql)
    await sql`truncate public.agent_task_requests cascade`
    expect(await sql`select from worker.queue`).toHaveLength(0)
    const task = await submit(sql)
    expect(await claimed()).toEqual([task])
  })

  test('keeps its place in the count of attempts when it comes back', async () => {
    const task = await submit(sql)
    const held = await claimOne(worker)
    await settle(worker, { ...held, outcome: 'released' })
    expect(await request(sql, task)).toMatchObject({ attempt: 0 })
    expect(await claimed()).toEqual([task])
  })
})
