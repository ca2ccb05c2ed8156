// Of a conversation one task is under way at a time, whoever submits, ends, retries or resets what, and when.

import { describe, expect, test } from 'vitest'
import { as } from '../../support/roles.ts'
import { addPeople, edit, inMs, request, setScene, user, whileWaiting } from '../arrange.ts'
import { ask, claim, claimOne, type Held, register, settle } from '../verbs.ts'
import { begin, say } from './arrange.ts'

const scene = await setScene()
const { sql, worker, connect } = scene
const [one, two] = [await connect(), await connect()]
const people = await addPeople(sql)
const owner = user(people.owner)

const session = (on_busy: string) => begin(sql, { user_id: people.owner, on_busy })
const claimed = async () => (await claim(worker, { slots: 9 })).map(task => task.task_id)
const cancel = (task: string) => as(sql, owner, tx => tx`select public.cancel_agent_task(${task})`)
const statusOf = async (task: string) => (await request(sql, task)).status
const explain = async (task: string) => {
  const [row] = await as(sql, owner, tx => tx`select public.explain_wait(${task}) as reason`)
  return row?.reason
}

async function whenTwoWait(): Promise<void> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; ) {
    const waiting = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    if (waiting.length > 1) return
  }
  throw new Error('Two sessions were to wait.')
}

/** A conversation with a running task and, behind it, as many as asked for. */
async function busy(on_busy = 'enqueue', behind = 0) {
  const id = await session(on_busy)
  await say(sql, owner, id)
  const held = await claimOne(worker)
  const waiting: string[] = []
  for (let n = 0; n < behind; n++) waiting.push((await say(sql, owner, id)).id)
  // Whatever was noted is looked at, so that only what comes then lets them go on.
  if (behind > 0) expect(await claimed()).toEqual([])
  return { id, held, waiting }
}

describe('an idle conversation', () => {
  test.each(['reject', 'enqueue', 'interrupt'])('takes a task at once: %s', async on_busy => {
    const id = await session(on_busy)
    const task = await say(sql, owner, id)
    expect(task).toMatchObject({ status: 'pending', session_id: id })
    expect(await claimed()).toEqual([task.id])
  })

  test('does not take one for later', async () => {
    const id = await session('enqueue')
    await expect(say(sql, owner, id, { run_at: inMs(60_000) })).rejects.toMatchObject({ code: '22023' })
  })

  test('does not take a child', async () => {
    const { id, held } = await busy()
    const child = sql`
      insert into public.agent_task_requests (user_id, session_id, parent_id) values (${people.owner}, ${id}, ${held.task})`
    await expect(child).rejects.toMatchObject({ code: '22023' })
  })
})

describe('a busy conversation that rejects', () => {
  test('refuses another task', async () => {
    const { id, held } = await busy('reject')
    await expect(say(sql, owner, id)).rejects.toMatchObject({
      code: 'PT409',
      message: `The session is busy with task ${held.task}.`,
    })
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await say(sql, owner, id)).toMatchObject({ status: 'pending' })
  })

  test('takes one of two that come at once', async () => {
    const id = await session('reject')
    await one`begin`
    await one`insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id})`
    const late = say(two, owner, id).catch(error => error)
    const [refused] = await whileWaiting(sql, late, () => one`commit`)
    expect(refused).toMatchObject({ code: 'PT409' })
  })

  test('gives the same task for the same idempotency key', async () => {
    const id = await session('reject')
    const submit = () =>
      as(
        sql,
        owner,
        tx => tx`select id from public.submit_agent_task('{}', idempotency_key => 'k', session_id => ${id})`,
      )
    const first = await submit()
    expect(await submit()).toEqual(first)
  })
})

describe('a busy conversation that enqueues', () => {
  test('has tasks wait, and take turns in the order they came', async () => {
    const { held, waiting } = await busy('enqueue', 2)
    expect(await Promise.all(waiting.map(statusOf))).toEqual(['waiting', 'waiting'])
    expect(await claimed()).toEqual([])
    await settle(worker, { ...held, outcome: 'completed' })
    const second = await claimOne(worker)
    expect(second.task).toBe(waiting[0])
    expect(await claimed()).toEqual([])
    await settle(worker, { ...second, outcome: 'failed' })
    expect(await claimed()).toEqual([waiting[1]])
  })

  test('says how many are ahead', async () => {
    const { waiting } = await busy('enqueue', 2)
    expect(await explain(String(waiting[0]))).toEqual({ reason: 'session', ahead: 1 })
    expect(await explain(String(waiting[1]))).toEqual({ reason: 'session', ahead: 2 })
  })

  test('keeps to the order in which tasks got the lock, not that in which they began to wait', async () => {
    const id = await session('enqueue')
    await one`begin`
    await one`select from public.agent_sessions where id = ${id} for no key update`
    const [late] = await whileWaiting(sql, say(two, owner, id), async () => {
      await one`insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id})`
      await one`commit`
    })
    expect(late.status).toBe('waiting')
    const held = await claimOne(worker)
    expect(held.task).not.toBe(late.id)
    expect(await explain(late.id)).toEqual({ reason: 'session', ahead: 1 })
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await claimed()).toEqual([late.id])
  })

  test('takes one of two that come at once, and then the other', async () => {
    const id = await session('enqueue')
    const [a, b] = await Promise.all([say(one, owner, id), say(two, owner, id)])
    expect([a.status, b.status].sort()).toEqual(['pending', 'waiting'])
    await settle(worker, { ...(await claimOne(worker)), outcome: 'completed' })
    expect(await claimed()).toHaveLength(1)
  })

  test('has several of one statement take turns', async () => {
    const id = await session('enqueue')
    await sql`
      insert into public.agent_task_requests (user_id, session_id) select ${people.owner}, ${id} from generate_series(1, 3)`
    for (let n = 0; n < 3; n++) await settle(worker, { ...(await claimOne(worker)), outcome: 'completed' })
  })

  test.each(['retry', 'snooze'])('waits for one that is put off by a %s', async outcome => {
    const { held, waiting } = await busy('enqueue', 1)
    await settle(worker, { ...held, outcome, detail: { after_seconds: 90 } })
    expect(await claimed()).toEqual([])
    await cancel(held.task)
    expect(await claimed()).toEqual(waiting)
  })

  test('waits for one that is parked', async () => {
    const { held, waiting } = await busy('enqueue', 1)
    await ask(worker, held, {})
    await settle(worker, { ...held, outcome: 'waiting' })
    expect(await claimed()).toEqual([])
    expect(await explain(held.task)).toEqual({ reason: 'approval', open: 1 })
    await sql`select public.decide_agent_approval(id, 'approve') from public.agent_approvals`
    const again = await claimOne(worker)
    expect(again.task).toBe(held.task)
    await settle(worker, { ...again, outcome: 'completed' })
    expect(await claimed()).toEqual(waiting)
  })

  test('passes over those that are cancelled while they wait', async () => {
    const { held, waiting } = await busy('enqueue', 2)
    await cancel(String(waiting[0]))
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await claimed()).toEqual([waiting[1]])
  })

  test.each([
    ['a worker that died three times', (held: Held) => edit(sql, held.task, { status: 'failed' })],
    ['an admin who completes it by hand', (held: Held) => edit(sql, held.task, { status: 'completed' })],
    ['its deletion', (held: Held) => sql`delete from public.agent_task_requests where id = ${held.task}`],
  ])('goes on after the end by %s', async (_, end) => {
    const { held, waiting } = await busy('enqueue', 1)
    await end(held)
    expect(await claimed()).toEqual(waiting)
  })

  test('wakes an idle worker for the next', async () => {
    const { held } = await busy('enqueue', 1)
    await register(worker, 'realtime')
    await sql`update worker.workers set idle = true`
    await sql`delete from realtime.messages`
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await sql`select event from realtime.messages`).toEqual([{ event: 'wake' }])
  })

  test('goes on though the next one is submitted while the one before it ends: the end commits first', async () => {
    const { id, held } = await busy()
    await one`begin`
    const [next] = await one`
      insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id}) returning id, status`
    expect(next?.status).toBe('waiting')
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await claimed()).toEqual([])
    await one`commit`
    expect(await claimed()).toEqual([next?.id])
  })

  test('goes on though the next one is submitted while the one before it ends: the end commits last', async () => {
    const { id, held } = await busy()
    await one`begin`
    await one`select from public.agent_sessions where id = ${id} for no key update`
    await two`begin`
    await settle(two, { ...held, outcome: 'completed' })
    const [next] = await one`
      insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id}) returning id, status`
    expect(next?.status).toBe('waiting')
    await one`commit`
    expect(await claimed()).toEqual([])
    await two`commit`
    expect(await claimed()).toEqual([next?.id])
  })

  test('takes the next one at once when that had to wait for the end of the one before it', async () => {
    const { id, held } = await busy()
    await one`begin`
    await settle(one, { ...held, outcome: 'completed' })
    const [next] = await whileWaiting(sql, say(two, owner, id), () => one`commit`)
    expect(next.status).toBe('pending')
  })

  test('goes on though somebody holds the next one just then', async () => {
    const { held, waiting } = await busy('enqueue', 1)
    await one`begin`
    await one`select from public.agent_task_requests where id = ${String(waiting[0])} for no key update`
    await settle(worker, { ...held, outcome: 'completed' })
    expect(await claimed()).toEqual([])
    await one`rollback`
    expect(await claimed()).toEqual(waiting)
  })
})

describe('a busy conversation that interrupts', () => {
  test('tells the running one to stop, and takes the next once it has', async () => {
    const { id, held } = await busy('interrupt')
    const next = await say(sql, owner, id)
    expect(next.status).toBe('waiting')
    expect(await request(sql, held.task)).toMatchObject({ cancel_requested_at: expect.any(Date) })
    expect(await claimed()).toEqual([])
    await settle(worker, { ...held, outcome: 'cancelled' })
    expect(await claimed()).toEqual([next.id])
  })

  test('ends those that wait or are parked, and takes the next at once', async () => {
    const { id, held } = await busy('interrupt')
    await ask(worker, held, {})
    await settle(worker, { ...held, outcome: 'waiting' })
    const next = await say(sql, owner, id)
    expect(next.status).toBe('pending')
    expect(await statusOf(held.task)).toBe('cancelled')
    const later = await say(sql, owner, id)
    expect(await statusOf(next.id)).toBe('cancelled')
    expect(await claimed()).toEqual([later.id])
  })

  test('leaves the last of two that come at once', async () => {
    const id = await session('interrupt')
    await one`begin`
    const [first] = await one`
      insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id}) returning id`
    const [last] = await whileWaiting(sql, say(two, owner, id), () => one`commit`)
    expect(await statusOf(first?.id)).toBe('cancelled')
    expect(await claimed()).toEqual([last.id])
  })

  test('lets the one that runs end while the next waits to stop it', async () => {
    const { id, held } = await busy('interrupt')
    await one`begin`
    await one`select from public.agent_task_requests where id = ${held.task} for no key update`
    const [next] = await whileWaiting(sql, say(two, owner, id), async () => {
      // It ends under the lock that the next one waits for, and the next one holds the session.
      await settle(one, { ...held, outcome: 'completed' })
      await one`commit`
    })
    expect(next.status).toBe('pending')
    expect(await claimed()).toEqual([next.id])
  })

  test('has several of one statement take turns', async () => {
    const id = await session('interrupt')
    await sql`
      insert into public.agent_task_requests (user_id, session_id) select ${people.owner}, ${id} from generate_series(1, 2)`
    await settle(worker, { ...(await claimOne(worker)), outcome: 'completed' })
    expect(await claimed()).toHaveLength(1)
  })

  test('is not locked out by one that supersedes the same task from elsewhere', async () => {
    const id = await session('enqueue')
    const [low, high] = ['00000000-0000-4000-8000-000000000001', 'ffffffff-0000-4000-8000-000000000001']
    const draft = { user_id: people.owner, supersede_key: 'draft' }
    await sql`insert into public.agent_task_requests ${sql({ ...draft, id: low, session_id: id })}`
    await say(sql, owner, id, { id: high })
    await sql`update public.agent_sessions set on_busy = 'interrupt' where id = ${id}`
    const three = await connect()
    await three`begin`
    await three`select from public.agent_task_requests where id = ${high} for no key update`
    // The first holds the lower one and waits for the higher; the second wants the lower one, too.
    const first = one`insert into public.agent_task_requests ${one({ ...draft, session_id: id })} returning id`
    await whileWaiting(sql, first, async () => {
      const second = two`insert into public.agent_task_requests ${two(draft)} returning id`
      await Promise.all([second, whenTwoWait().then(() => three`commit`)])
    })
    expect(await statusOf(low)).toBe('cancelled')
  })

  test('does not cancel a task that is submitted a second time by its id', async () => {
    const id = await session('interrupt')
    const task = await say(sql, owner, id)
    const row = { id: task.id, user_id: people.owner, session_id: id }
    await sql`insert into public.agent_task_requests ${sql(row)} on conflict do nothing`
    expect(await statusOf(task.id)).toBe('pending')
  })

  test('does not cancel a task that is submitted a second time by its key', async () => {
    const id = await session('interrupt')
    const key = { idempotency_key: 'k', request_payload: {} }
    await one`begin`
    const [first] = await one`
      insert into public.agent_task_requests ${one({ ...key, user_id: people.owner, session_id: id })} returning id`
    const again = as(
      two,
      owner,
      tx => tx`select id from public.submit_agent_task('{}', idempotency_key => 'k', session_id => ${id})`,
    )
    const [rows] = await whileWaiting(sql, again, () => one`commit`)
    expect(rows).toEqual([first])
    expect(await statusOf(first?.id)).toBe('pending')
  })
})

describe('what people do by hand', () => {
  const BUSY = { code: 'PT409', message: 'The session is busy with another task.' }
  const retry = (task: string) => as(sql, owner, tx => tx`select public.retry_agent_task(${task})`)

  test('a retry is refused while another one is unfinished', async () => {
    const { held, waiting } = await busy('enqueue', 1)
    await settle(worker, { ...held, outcome: 'failed' })
    await expect(retry(held.task)).rejects.toMatchObject(BUSY)
    await expect(edit(sql, held.task, { status: 'pending' })).rejects.toMatchObject(BUSY)
    await settle(worker, { ...(await claimOne(worker)), outcome: 'completed' })
    await retry(held.task)
    expect(await claimed()).toEqual([held.task])
    await expect(edit(sql, String(waiting[0]), { status: 'pending' })).rejects.toMatchObject(BUSY)
  })

  test('a retry is refused while another task is just being submitted', async () => {
    const { id, held } = await busy()
    await settle(worker, { ...held, outcome: 'failed' })
    await one`begin`
    await one`insert into public.agent_task_requests (user_id, session_id) values (${people.owner}, ${id})`
    await expect(retry(held.task)).rejects.toMatchObject(BUSY)
    await one`commit`
  })

  test('a submission waits for a retry, and then for its task', async () => {
    const { id, held } = await busy()
    await settle(worker, { ...held, outcome: 'failed' })
    await one`begin`
    await one`select public.retry_agent_task(${held.task})`
    const [next] = await whileWaiting(sql, say(two, owner, id), () => one`commit`)
    expect(next.status).toBe('waiting')
    expect(await claimed()).toEqual([held.task])
  })

  test('a bulk retry takes the latest of each idle session, and leaves out the busy', async () => {
    const [a, b] = [await busy('enqueue', 1), await busy('enqueue', 1)]
    await settle(worker, { ...a.held, outcome: 'failed' }, { ...b.held, outcome: 'failed' })
    await cancel(String(a.waiting[0]))
    const ids = [a.held.task, ...a.waiting, b.held.task]
    const [row] = await sql`select public.retry_agent_tasks(${ids}) as retried`
    expect(row).toEqual({ retried: 1 })
    expect((await claimed()).sort()).toEqual([...a.waiting, ...b.waiting].sort())
  })

  test('a reset of the running one lets it run again before those that wait', async () => {
    const { held } = await busy('enqueue', 1)
    await edit(sql, held.task, { status: 'pending' })
    expect(await claimed()).toEqual([held.task])
  })

  test('one that waits for its turn is not let run by an edit', async () => {
    const { waiting } = await busy('enqueue', 1)
    for (const status of ['pending', 'scheduled'])
      await expect(edit(sql, String(waiting[0]), { status })).rejects.toMatchObject(BUSY)
    await edit(sql, String(waiting[0]), { status: 'cancelled' })
  })

  test('one stays in its session', async () => {
    const { held, waiting } = await busy('enqueue', 1)
    const other = await session('enqueue')
    for (const session_id of [null, other])
      await expect(edit(sql, String(waiting[0]), { session_id })).rejects.toMatchObject({ code: '22023' })
    await settle(worker, { ...held, outcome: 'completed' })
  })

  test('a superseded task lets the next one have its turn', async () => {
    const id = await session('enqueue')
    await say(sql, owner, id, { supersede_key: 'draft' })
    const next = await say(sql, owner, id, { supersede_key: 'draft' })
    expect(await claimed()).toEqual([next.id])
  })
})
