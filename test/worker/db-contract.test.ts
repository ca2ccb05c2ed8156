import { beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../shared/database.types.ts'
import { DatabaseError, type Db } from '../../worker/db.ts'
import { only, rowOf, submit } from './arrange.ts'
import { startTransports, WAYS } from './transports.ts'

const { sql, open, openRefused } = await startTransports()
const WORKER = '00000000-0000-4000-8000-00000000000a'
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/)

beforeEach(async () => {
  await sql`delete from public.agent_task_requests`
  await sql`delete from worker.workers`
})

describe.each(WAYS)('over %s', way => {
  const db = open(way)

  it('says by what it hears', () => {
    expect(db.hears).toBe(way)
  })

  it('beat puts a worker on record, leave takes it off and gives nothing', async () => {
    expect(await beat(db)).toEqual([])
    expect(await sql`select host, version, hears from worker.workers`).toMatchObject([
      { host: 'a-host', version: '1.2.3', hears: way },
    ])
    expect(await db.call('leave', { p_worker: WORKER })).toBeFalsy()
    expect(await sql`select from worker.workers`).toHaveLength(0)
  })

  it('claim gives rows with numbers, nulls and JSON as they are', async () => {
    const payload = { prompt: 'Why?', context: { list: [1, 2.5, null, true], text: 'ä "quoted" {x}' } }
    const id = await submit(sql, { request_payload: payload, max_attempts: 7 })
    const [row] = await claim(db)
    expect(row).toEqual({
      task_id: id,
      lease_id: UUID,
      kind: 'assistant',
      life: 1,
      attempt: 1,
      max_attempts: 7,
      user_id: null,
      enterprise_id: null,
      request_payload: payload,
      waited_seconds: expect.any(Number),
      deadline_seconds: null,
      correlation_id: null,
    })
  })

  it('claim gives an empty list when there is nothing, and takes a list of kinds', async () => {
    expect(await claim(db)).toEqual([])
    await submit(sql, { kind: 'translator' })
    expect(await claim(db, ['assistant'])).toEqual([])
    expect(await claim(db, ['assistant', 'translator'])).toHaveLength(1)
  })

  it('beat gives a verdict for each task, and takes empty lists', async () => {
    expect(await beat(db)).toEqual([])
    await submit(sql)
    const { task_id, lease_id } = only((await claim(db))[0])
    expect(await beat(db, [task_id], [lease_id])).toEqual([{ lease_id, verdict: 'ok' }])
    await sql`update public.agent_task_requests set cancel_requested_at = now()`
    expect(await beat(db, [task_id], [lease_id])).toEqual([{ lease_id, verdict: 'cancel' }])
    const old = crypto.randomUUID()
    expect(await beat(db, [task_id], [old])).toEqual([{ lease_id: old, verdict: 'lost' }])
  })

  it('settle takes many outcomes with their details, and gives a status for each', async () => {
    for (let n = 0; n < 3; n++) await submit(sql)
    const rows = await claim(db)
    const error = { code: 'x', message: '{"not": "json"', retryable: true }
    const details = [
      { response: { answer: 'a "b" {c}, \\ ä', list: [1, [2]], nul: 'a\0b' } },
      { error, after_seconds: 90.5 },
      {},
    ]
    const settled = await db.call('settle', {
      p_tasks: rows.map(row => row.task_id),
      p_leases: rows.map(row => row.lease_id),
      p_outcomes: ['completed', 'retry', 'released'],
      p_details: details,
    })
    const status = new Map(settled.map(row => [row.lease_id, row.status]))
    expect(rows.map(row => status.get(row.lease_id))).toEqual(['completed', 'scheduled', 'pending'])
    const [completed, scheduled] = await Promise.all(rows.map(row => rowOf(sql, row.task_id)))
    expect(completed).toMatchObject({ response_payload: { answer: 'a "b" {c}, \\ ä', list: [1, [2]], nul: 'ab' } })
    expect(scheduled).toMatchObject({ error })
  })

  it('settle takes empty lists, and says lost where the lease is gone', async () => {
    const nothing = { p_tasks: [], p_leases: [], p_outcomes: [], p_details: [] }
    expect(await db.call('settle', nothing)).toEqual([])
    const [task, lease] = [await submit(sql), crypto.randomUUID()]
    const args = { p_tasks: [task], p_leases: [lease], p_outcomes: ['released'], p_details: [{}] }
    expect(await db.call('settle', args)).toEqual([{ lease_id: lease, status: 'lost' }])
  })

  it('reap gives what it took back', async () => {
    expect(await db.call('reap', { p_limit: 10 })).toEqual([])
    await submit(sql)
    const { task_id } = only((await claim(db))[0])
    await sql`update worker.leases set expires_at = now() - interval '1 second'`
    expect(await db.call('reap', { p_limit: 10 })).toEqual([{ task_id, status: 'pending' }])
  })

  it('record_steps and load_journal give back what was written', async () => {
    const own = await taken(db)
    const output = { text: 'ä "x"', list: [], nothing: null, number: 1.5 }
    const step = { key: 'model::0', kind: 'model', agent: 'A', name: 'gpt', status: 'done', seconds: 0.25, output }
    const started = { key: 'tool:/c1', kind: 'tool', agent: 'A', name: 'clock', status: 'started', input: '[1' }
    expect(await db.call('record_steps', { ...own, p_steps: [step, started] })).toBe('continue')
    expect(await db.call('load_journal', own)).toEqual({
      verdict: 'continue',
      watched: false,
      session_id: null,
      last_seq: 0,
      streamed: [],
      steps: [
        { key: 'model::0', kind: 'model', agent: 'A', name: 'gpt', status: 'done', input: null, output },
        { key: 'tool:/c1', kind: 'tool', agent: 'A', name: 'clock', status: 'started', input: null, output: null },
      ],
      approvals: [],
    })
    expect(await sql`select input, usage from public.agent_task_steps order by id`).toEqual([
      { input: null, usage: null },
      { input: '[1', usage: null },
    ])
  })

  it('append_deltas writes what a model wrote, without what cannot be stored', async () => {
    const own = await taken(db)
    const texts = ['plain', '"quoted", {braces} \\ and NULL', '', 'null\0byte', 'half \ud83d', '😀\n']
    const deltas = texts.map((text, n) => ({ seq: n + 1, kind: 'text', step_key: 'model::0', data: { text } }))
    expect(await append(db, own, deltas)).toEqual([{ lease_id: own.p_lease, verdict: 'continue', watched: false }])
    const stored = await sql`select data ->> 'text' as text from public.agent_task_deltas order by seq`
    expect(stored.map(row => row.text)).toEqual([...texts.slice(0, 3), 'nullbyte', 'half \ufffd', '😀\n'])
    expect(await db.call('load_journal', own)).toMatchObject({ last_seq: 6, streamed: ['model::0'] })
  })

  it('run_tool gives what the tool gave, for a task without a user what nobody may see', async () => {
    const recent = (own: object) => {
      const step = { key: 'tool:/1', agent: 'A', name: 'recent_tasks', input: { limit: 5 } }
      return db.call('run_tool', { ...(own as Awaited<ReturnType<typeof taken>>), p_steps: [step] })
    }
    expect(await recent(await taken(db))).toEqual({ verdict: 'continue', output: [] })
    const [user] =
      await sql`insert into auth.users (id, email) values (gen_random_uuid(), ${`${way}@x.test`}) returning id`
    await submit(sql, { user_id: user?.id, request_payload: { prompt: 'Earlier' }, kind: 'other' })
    expect(await recent(await taken(db, { user_id: user?.id }))).toMatchObject({
      output: [{ prompt: 'Earlier', answer: null, status: 'processing', kind: 'other' }],
    })
  })

  it('run_tool acts for the users of two tasks in turn, and leaves the session to the server', async () => {
    const mail = (name: string) => `${name}-${way}@x.test`
    const users = await sql`
      insert into auth.users (id, email) values (gen_random_uuid(), ${mail('a')}), (gen_random_uuid(), ${mail('b')}) returning id`
    await sql`
      create or replace function agent_tools.who_am_i(p_task uuid, p_input jsonb) returns jsonb language sql as $$
        select jsonb_build_array(current_user, auth.uid(), auth.role(), current_setting('role')) $$`
    const held = [
      await taken(db, { user_id: users[0]?.id }),
      await taken(db, { user_id: users[1]?.id }),
      await taken(db),
    ]
    for (let turn = 0; turn < 3; turn++) {
      const answers = await Promise.all(
        held.map(own => {
          const step = { key: `tool:/${turn}`, agent: 'A', name: 'who_am_i', input: {} }
          return db.call('run_tool', { ...own, p_steps: [step] })
        }),
      )
      const who = [users[0]?.id, users[1]?.id, null].map(id => ['authenticated', id, 'authenticated', 'authenticated'])
      expect(answers).toEqual(who.map(output => ({ verdict: 'continue', output })))
      // Only a server may call it.
      expect(await db.call('prune', { p_limit: 1 })).toBe(0)
    }
  })

  it('report_progress takes an object', async () => {
    const own = await taken(db)
    expect(await db.call('report_progress', { ...own, p_progress: { done: 1, total: 2, text: 'ä "x"' } })).toBe(
      'continue',
    )
    expect(await rowOf(sql, own.p_task)).toMatchObject({ progress: { done: 1, total: 2, text: 'ä "x"' } })
  })

  it('prune gives a number, stats an object', async () => {
    expect(await db.call('prune', { p_limit: 10 })).toBe(0)
    await sql`truncate worker.tallies, public.agent_task_minutes`
    await submit(sql)
    expect(await db.call('stats', {})).toMatchObject({
      depth: [{ kind: 'assistant', status: 'pending', tasks: 1 }],
      oldest_pending_seconds: expect.any(Number),
      stuck: 0,
      workers: [],
    })
  })

  it.each([
    ['22023', 'an outcome that is none', (each: Db) => settleAs(each, 'finished')],
    ['22P02', 'a malformed id', (each: Db) => each.call('leave', { p_worker: 'not-a-uuid' })],
    ['23514', 'a broken constraint', (each: Db) => beat({ ...each, hears: 'telepathy' } as unknown as Db)],
  ])('throws a DatabaseError with SQLSTATE %s for %s', async (code, _what, call) => {
    const error: unknown = await call(db).then(
      () => undefined,
      failure => failure,
    )
    expect(error).toBeInstanceOf(DatabaseError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\w{3}/) })
  })

  it('throws a DatabaseError where the credentials are refused', async () => {
    await expect(openRefused(way).call('stats', {})).rejects.toBeInstanceOf(DatabaseError)
  })

  it('takes large answers and many of them', async () => {
    const own = await taken(db)
    const text = 'x'.repeat(10_000)
    const deltas = Array.from({ length: 50 }, (_, n) => ({ seq: n + 1, kind: 'text', step_key: 'm', data: { text } }))
    expect(await append(db, own, deltas)).toMatchObject([{ verdict: 'continue' }])
    expect(await db.call('load_journal', own)).toMatchObject({ last_seq: 50 })
  })
})

function append(db: Db, { p_task, p_lease }: { p_task: string; p_lease: string }, deltas: Json[]) {
  return db.call('append_deltas', { p_tasks: [p_task], p_leases: [p_lease], p_batches: [{ deltas }] })
}

function claim(db: Db, kinds?: string[]) {
  return db.call('claim', { p_worker: WORKER, p_slots: 10, p_lease_seconds: 60, ...(kinds && { p_kinds: kinds }) })
}

function beat(db: Db, p_tasks: string[] = [], p_leases: string[] = []) {
  const worker = { p_worker: WORKER, p_host: 'a-host', p_version: '1.2.3', p_hears: db.hears }
  return db.call('beat', { ...worker, p_tasks, p_leases, p_lease_seconds: 60 })
}

async function taken(db: Db, values = {}) {
  const id = await submit(sql, values)
  const row = only((await claim(db)).find(each => each.task_id === id))
  return { p_task: row.task_id, p_lease: row.lease_id }
}

function settleAs(db: Db, outcome: string) {
  const [p_tasks, p_leases] = [[crypto.randomUUID()], [crypto.randomUUID()]]
  return db.call('settle', { p_tasks, p_leases, p_outcomes: [outcome], p_details: [{} as Json] })
}
