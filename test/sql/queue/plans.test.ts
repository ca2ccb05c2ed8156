import type postgres from 'postgres'
import { afterEach, describe, expect, test } from 'vitest'
import { addUser } from '../../support/roles.ts'
import { addEnterprise, later, olderEnded, setScene, submit, user } from '../arrange.ts'
import { appendAll, appendDeltas, beat, claim, claimOne, reap, settle, textDelta } from '../verbs.ts'

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: Plan[]
}

let plans: Plan[] = []
const { sql, worker, connect } = await setScene()
/** Reports how PostgreSQL goes about every statement inside of the functions that it calls. */
const explained = await watchedSession()

async function watchedSession() {
  const session = await connect({ onNotice: message => plans.push(...plansIn(message)) })
  await session`load 'auto_explain'`
  return session
}

function plansIn(message: string): Plan[] {
  const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)]
  return message.includes('plan:') ? flatten(JSON.parse(message.slice(message.indexOf('{'))).Plan) : []
}

async function explain<T>(act: () => Promise<T>, session = explained): Promise<T> {
  plans = []
  await session.unsafe(`
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_buffers = on;
    set auto_explain.log_format = json; set client_min_messages = log`)
  const result = await act()
  await session`set client_min_messages = notice`
  return result
}

interface Row {
  kind?: string
  status?: string
  enterprise_id?: string
}

/** Many rows at once, through the triggers, so that the queue has its tickets. */
function fill(count: number, values: Row = {}) {
  const { kind = 'assistant', status = 'pending', enterprise_id = null } = values
  return sql`
    insert into public.agent_task_requests (kind, status, priority, run_at, enterprise_id, request_payload)
    select ${kind}, 'pending', n % 3, now() + case ${status} when 'scheduled' then interval '1 day' else '-1 hour' end,
      ${enterprise_id}, jsonb_build_object('prompt', repeat('x', 200))
    from generate_series(1, ${count}::integer) n`
}

/** Takes as many tasks as there are through the whole life of one, and so leaves behind what that leaves behind. */
async function finish(count: number) {
  for (let left = count; left > 0; left -= 1000) {
    const tasks = await claim(sql, { slots: Math.min(left, 1000) })
    expect(tasks).toHaveLength(Math.min(left, 1000))
    await settle(sql, ...tasks.map(task => ({ task: task.task_id, lease: task.lease_id, outcome: 'completed' })))
  }
}

/** Ended tasks without a past: they have no tickets, so they may come past the triggers. */
function fillEnded(count: number) {
  return sql.begin(async tx => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into public.agent_task_requests (status, run_at, finished_at, request_payload)
      select 'completed', now(), now(), jsonb_build_object('prompt', repeat('x', 200))
      from generate_series(1, ${count}::integer)`
  })
}

async function analyze() {
  await sql`analyze public.agent_task_requests`
  await sql`analyze worker.queue`
  await sql`analyze worker.lanes`
}

/** What PostgreSQL may believe of the tables when the queue is asked. */
const STATISTICS: [string, () => Promise<unknown>][] = [
  [
    'never analysed',
    async () => {
      await fill(20_000)
      await finish(20_000)
      await fill(2000)
    },
  ],
  [
    'analysed just now',
    async () => {
      await fill(20_000)
      await finish(20_000)
      await fill(2000)
      await analyze()
    },
  ],
  [
    'analysed when nothing was pending',
    async () => {
      await fill(20_000)
      await finish(20_000)
      await analyze()
      await fill(2000)
    },
  ],
  [
    'analysed when all was pending',
    async () => {
      await fill(22_000)
      await analyze()
      await finish(20_000)
    },
  ],
]

const FINISHED_TASKS = 'agent_task_requests'
const BAD = ['Seq Scan', 'Bitmap Heap Scan', 'Bitmap Index Scan', 'Hash Join', 'Merge Join', 'Memoize']

/** Every node of a plan that reads, or joins, as one that does not know how large the queue is. */
function badNodes() {
  const reads = (plan: Plan): boolean =>
    [FINISHED_TASKS, 'queue'].includes(plan['Relation Name'] ?? '') || (plan.Plans ?? []).some(reads)
  return plans.filter(plan => BAD.includes(plan['Node Type']) && reads(plan)).map(plan => plan['Node Type'])
}

/** The most rows that any node of these plans read from the queue's line, those filtered out included. */
function rowsRead(index: string): number {
  const read = plans
    .filter(plan => plan['Index Name'] === index)
    .map(plan => (plan['Actual Rows'] ?? 0) * (plan['Actual Loops'] ?? 1) + (plan['Rows Removed by Filter'] ?? 0))
  return Math.max(...read)
}

/** The most pages that any node of these plans touched in an index and its table. */
function blocksOf(index: string): number {
  const touched = plans
    .filter(plan => plan['Index Name'] === index)
    .map(plan => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0))
  return Math.max(...touched)
}

/** Each verb more often than the five times after which PostgreSQL may turn to a plan for any parameters. */
async function useEveryVerb(session: postgres.Sql) {
  for (let n = 0; n < 8; n++) {
    const tasks = await claim(session, { slots: 5 })
    expect(tasks).toHaveLength(5)
    const held = tasks.map(task => ({ task: task.task_id, lease: task.lease_id }))
    await beat(session, held)
    const outcomes = ['completed', 'retry', 'released', 'failed', 'snooze']
    await settle(
      session,
      ...held.map((one, m) => ({ ...one, outcome: outcomes[m] ?? '', detail: { after_seconds: 9000 } })),
    )
  }
  for (let n = 0; n < 8; n++) expect(await claim(session, { kinds: ['assistant'] })).toHaveLength(1)
}

// Faster than the deletes of the scene.
afterEach(() => sql`truncate public.agent_task_requests cascade`)

describe('with 20,000 finished and 2,000 pending requests', () => {
  // The first test, since nothing may be known of the tables yet.
  test('no verb of a session whose first calls found empty tables reads a whole table', async () => {
    const early = await watchedSession()
    for (let n = 0; n < 8; n++) {
      await submit(early)
      const held = await claimOne(early)
      await beat(early, [held])
      await settle(early, { ...held, outcome: 'completed' })
      await reap(early, 1)
    }
    await fill(20_000)
    await finish(20_000)
    await fill(2000)
    await explain(async () => {
      await useEveryVerb(early)
      await later(early, '4 minutes')
      for (let n = 0; n < 8; n++) await reap(early, 1)
    }, early)
    expect(badNodes()).toEqual([])
  })

  test.each(STATISTICS)('no verb reads a whole table: %s', async (_, arrange) => {
    await arrange()
    await explain(async () => {
      await useEveryVerb(explained)
      await later(explained, '4 minutes')
      for (let n = 0; n < 8; n++) expect(await reap(explained, 1)).toHaveLength(1)
    })
    expect(badNodes()).toEqual([])
    expect(plans.filter(plan => plan['Index Name'] === 'queue_in_line').length).toBeGreaterThan(16)

    // Now with other tenants, and a cap, which a claim weighs.
    for (const name of ['One', 'Two', 'Three']) await fill(50, { enterprise_id: await addEnterprise(sql, name) })
    await sql`insert into worker.kinds (kind, max_running) values ('assistant', 5000)`
    await explain(() => useEveryVerb(explained))
    expect(badNodes()).toEqual([])
    expect(plans.filter(plan => plan['Index Name'] === 'queue_in_line').length).toBeGreaterThan(16)
  })

  test.each(['one tenant', 'two tenants'])(
    'a claim reads some tickets, however many have gone before: %s',
    async tenants => {
      await fill(20_000)
      await finish(20_000)
      await fill(100)
      if (tenants === 'two tenants') await fill(100, { enterprise_id: await addEnterprise(sql, 'Other') })
      await olderEnded(sql)
      // The first to come after the others moves the beginnings of all lanes on.
      await claim(explained, { slots: 5 })
      await explain(() => claim(explained, { slots: 5 }))
      for (const read of [rowsRead('queue_in_line'), blocksOf('queue_in_line')]) {
        expect(read).toBeGreaterThan(0)
        expect(read).toBeLessThan(200)
      }
    },
  )
})

describe('with 20,000 scheduled requests', () => {
  test('a claim looks only at those that are due', async () => {
    await fill(20_000, { status: 'scheduled' })
    await analyze()
    await explain(() => claim(explained))
    const promote = plans.find(plan => plan['Index Name'] === 'queue_due')
    expect(promote?.['Index Cond']).toContain('due_at <=')
    expect(rowsRead('queue_due')).toBe(0)
  })
})

describe('with 20,000 finished requests of others', () => {
  test('an insert counts the open tasks of its user by their tickets', async () => {
    await fillEnded(20_000)
    const owner = await addUser(sql, 'owner@acme.test')
    await explain(() => submit(explained, { user_id: owner }))
    expect(plans).toContainEqual(expect.objectContaining({ 'Index Name': 'queue_of_user' }))
    expect(badNodes()).toEqual([])
  })

  test('a user finds the own tasks by their index', async () => {
    await fillEnded(20_000)
    await analyze()
    const { role, sub } = user(await addUser(sql, 'reader@acme.test'))
    await explained`begin`
    await explained`select set_config('request.jwt.claims', ${JSON.stringify({ sub })}, true), set_config('role', ${role}, true)`
    const [plan] = await explained`
      explain (format json) select * from public.agent_task_requests where user_id = auth.uid() order by created_at desc limit 20`
    await explained`rollback`
    expect(JSON.stringify(plan)).toContain('requests_of_user')
  })

  test('an idempotency key is looked up by its index', async () => {
    await fillEnded(20_000)
    for (let n = 0; n < 7; n++) await sql`select public.submit_agent_task('{}', idempotency_key => 'k')`
    await explain(() => explained`select public.submit_agent_task('{}', idempotency_key => 'k')`)
    expect(badNodes()).toEqual([])
  })

  test('the deltas of 500 tasks are appended without a look at the rest', async () => {
    await fillEnded(20_000)
    await fill(500)
    const all = await claim(worker, { slots: 500 })
    expect(all).toHaveLength(500)
    const batches = all.map(row => ({ task: row.task_id, lease: row.lease_id, deltas: [textDelta(1), textDelta(2)] }))
    await explain(() => appendAll(explained, ...batches))
    expect(badNodes()).toEqual([])
    expect(plans.map(plan => plan['Index Name'])).toContain('agent_task_requests_pkey')
  })

  test('a step is journalled and streamed without a look at the rest', async () => {
    await fillEnded(20_000)
    await submit(sql)
    const held = await claimOne(worker)
    await explain(() => appendDeltas(explained, held, textDelta(1)))
    expect(badNodes()).toEqual([])
  })
})
